-- MySQL: definitions as SHOW CREATE prints them, files, and the rows that LIMIT chooses. Source: reference manual 8.4, "DELETE", "SELECT … INTO".
-- dialect mysql
-- ddl mysql

-- case my-view-with-definer-and-check
-- writes member_mail
-- shown i <- member.member_id
-- shown e <- member.email
CREATE ALGORITHM=MERGE DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `club`.`member_mail` (`i`, `e`) AS select `m`.`member_id` AS `member_id`,`m`.`email` AS `email` from `club`.`member` `m` WITH CASCADED CHECK OPTION

-- case my-into-outfile
-- shown email <- member.email
-- shown phone <- member.phone
SELECT email, phone INTO OUTFILE '/var/lib/mysql-files/members.csv' FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' FROM club.member

-- case my-delete-first-rows
-- writes booking
-- filter booking.state
-- maybe booking.starts_at
DELETE FROM club.booking WHERE state = 'void' ORDER BY starts_at LIMIT 100
