-- schema exams
create table student (
  student_no integer primary key,
  cohort smallint not null,
  country char(2) not null,
  left_on date
);
create table course (
  code text primary key,
  credits numeric(3,1) not null,
  faculty text not null,
  constraint some_credits check (credits > 0)
);
create table exam (
  student_no integer references student,
  code text references course,
  attempt smallint,
  sat_on date not null,
  points numeric(4,1),
  grade numeric(2,1),
  absent boolean not null default false,
  primary key (student_no, code, attempt),
  constraint three_attempts check (attempt between 1 and 3),
  constraint grade_scale check (grade between 1.0 and 5.0),
  constraint absent_no_points check (absent = (points is null)),
  constraint grade_with_points check ((grade is null) = (points is null))
);
create unique index one_pass on exam (student_no, code) where grade <= 4.0;

-- pair exam-01 | equal-under
-- why: no grade is better than 1
-- rests: check exam.grade_scale
SELECT COUNT(*) AS passed FROM exam WHERE grade <= 4.0;
-- and
SELECT COUNT(*) AS passed FROM exam WHERE grade >= 1 AND grade <= 4;

-- pair exam-02 | equal-under
-- why: who was not absent has points and so a grade
-- rests: check exam.absent_no_points; check exam.grade_with_points; not_null exam.absent
SELECT code, COUNT(*) FILTER (WHERE NOT absent) AS sat FROM exam GROUP BY code;
-- and
SELECT code, COUNT(grade) AS sat FROM exam GROUP BY code;

-- pair exam-03 | equal-under or undecided
-- why: an exam is passed once at most, by the partial unique index
-- rests: ?
SELECT COUNT(*) FROM exam WHERE grade <= 4.0;
-- and
SELECT COUNT(DISTINCT (student_no, code)) FROM exam WHERE grade <= 4.0;

-- pair exam-04 | equal or undecided
-- why: NULLs are last in the order, so the first row has the smallest grade
SELECT student_no, code, MIN(grade) AS best FROM exam GROUP BY 1, 2;
-- and
SELECT DISTINCT ON (student_no, code) student_no, code, grade AS best FROM exam ORDER BY student_no, code, grade;

-- pair exam-05 | stricter or different
-- why: the last attempt of a student against any attempt
SELECT DISTINCT ON (student_no, code) student_no, code, attempt, grade FROM exam ORDER BY student_no, code, attempt DESC;
-- and
SELECT student_no, code, attempt, grade FROM exam;

-- pair exam-06 | different | kind: null-handling or measure or population
-- why: who was absent has not passed in one, and is left out in the other
SELECT c.faculty, 100.0 * SUM(CASE WHEN e.grade <= 4.0 THEN 1 ELSE 0 END) / COUNT(*) AS pass_rate FROM exam e JOIN course c ON c.code = e.code GROUP BY c.faculty;
-- and
SELECT c.faculty, 100.0 * AVG((e.grade <= 4.0)::int) AS pass_rate FROM exam e JOIN course c ON c.code = e.code GROUP BY c.faculty;

-- pair exam-07 | equal or undecided
-- why: a mean of ones and zeros is the share
SELECT c.faculty, 100.0 * SUM(CASE WHEN e.grade <= 4.0 THEN 1 ELSE 0 END) / COUNT(*) AS pass_rate FROM exam e JOIN course c ON c.code = e.code GROUP BY c.faculty;
-- and
SELECT c.faculty, 100 * AVG(COALESCE((e.grade <= 4.0)::int, 0)) AS pass_rate FROM course c JOIN exam e ON e.code = c.code GROUP BY c.faculty;

-- pair exam-08 | different | kind: null-handling or measure or population
-- why: the credits of exams without a grade are in one denominator only
SELECT SUM(e.grade * c.credits) / SUM(c.credits) AS mean FROM exam e JOIN course c USING (code);
-- and
SELECT SUM(e.grade * c.credits) / SUM(c.credits) FILTER (WHERE e.grade IS NOT NULL) AS mean FROM exam e JOIN course c USING (code);

-- pair exam-09 | equal-under
-- why: every examined number is a student's, and each student stands once
-- rests: foreign_key exam(student_no)
SELECT COUNT(DISTINCT student_no) FROM exam;
-- and
SELECT COUNT(*) FROM student s WHERE EXISTS (SELECT 1 FROM exam e WHERE e.student_no = s.student_no);

-- pair exam-10 | stricter or different | kind: population or measure
-- why: letters in lower case
SELECT COUNT(*) FROM student WHERE country IN ('DE', 'AT', 'CH');
-- and
SELECT COUNT(*) FROM student WHERE UPPER(country) IN ('DE', 'AT', 'CH');

-- pair exam-11 | equal-under or undecided
-- why: the shares of all exams, of which each has a course
-- rests: foreign_key exam(code); primary_key exam(student_no,code,attempt)
SELECT c.faculty, 100.0 * COUNT(*) / SUM(COUNT(*)) OVER () AS share FROM exam e JOIN course c ON c.code = e.code GROUP BY c.faculty;
-- and
SELECT c.faculty, 100.0 * COUNT(*) / (SELECT COUNT(*) FROM exam) AS share FROM exam e JOIN course c ON c.code = e.code GROUP BY c.faculty;

-- pair exam-12 | equal
-- why: students with two failed exams, counted before or after grouping
SELECT COUNT(*) FROM (SELECT student_no FROM exam WHERE grade > 4.0 GROUP BY student_no HAVING COUNT(*) >= 2) AS t;
-- and
SELECT COUNT(*) FROM (SELECT student_no FROM exam GROUP BY student_no HAVING COUNT(*) FILTER (WHERE grade > 4.0) >= 2) AS t;
