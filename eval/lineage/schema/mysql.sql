-- schema club
CREATE TABLE club.member (member_id bigint, email varchar(200), phone varchar(40), first_name varchar(80), last_name varchar(80), city varchar(80), born_on date,
  joined_on date, left_on date, newsletter tinyint, profile json);
CREATE TABLE club.court (court_id bigint, name varchar(80), rate decimal(8, 2));
CREATE TABLE club.booking (booking_id bigint, member_id bigint, court_id bigint, starts_at datetime, fee decimal(8, 2), state varchar(20));
CREATE TABLE club.member_total (member_id bigint, total decimal(10, 2));
