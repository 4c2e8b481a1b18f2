DELIMITER $$
CREATE PROCEDURE close_day(IN d DATE)
BEGIN
  UPDATE rota SET closed = 1 WHERE day = d;
  INSERT INTO rota_log (day) VALUES (d);
END$$
DELIMITER ;
SELECT doctor_id, count(*) FROM rota GROUP BY doctor_id;
