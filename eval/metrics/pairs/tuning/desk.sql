-- schema desk
create schema support;
create table support.agent (
  agent_id integer primary key,
  team text,
  email text unique,
  active boolean not null
);
create table support.ticket (
  id bigint primary key,
  requester_email text not null,
  agent_id integer references support.agent (agent_id),
  channel text not null check (channel = any (array['mail', 'chat', 'phone'])),
  state varchar(10) check (state in ('new', 'open', 'pending', 'solved', 'closed')),
  created_at timestamp not null,
  first_reply_at timestamp,
  solved_at timestamp,
  score smallint check (score between 1 and 5),
  spam boolean not null default false,
  constraint solved_has_time check (solved_at is not null or state not in ('solved', 'closed')),
  constraint reply_later check (first_reply_at >= created_at)
);
create table support.message (
  id bigint primary key,
  ticket_id bigint not null references support.ticket (id),
  author_agent_id integer references support.agent (agent_id),
  sent_at timestamp not null,
  public boolean not null,
  body text
);
create view support.live_ticket as select * from support.ticket where not spam;

-- pair desk-01 | equal
-- why: the view is its definition
select channel, count(*) from support.live_ticket group by channel;
-- and
select channel, count(*) from support.ticket where spam = false group by channel;

-- pair desk-02 | stricter | kind: population
-- why: a solved ticket has a time, but an open one may have one too
select count(*) from support.ticket where state in ('solved', 'closed');
-- and
select count(*) from support.ticket where solved_at is not null;

-- pair desk-03 | equal-under
-- why: the list of states allows five or NULL; NULL satisfies neither
-- rests: check ticket.ticket_state_check
select count(*) from support.ticket where state not in ('new', 'open', 'pending');
-- and
select count(*) from support.ticket where state = any (array['solved', 'closed']);

-- pair desk-04 | looser | kind: null-handling or population
-- why: tickets without a state are counted by the first only
select count(*) from support.ticket where state is distinct from 'closed';
-- and
select count(*) from support.ticket where state <> 'closed';

-- pair desk-05 | equal
-- why: satisfied means four or five, in whole numbers; the share is the same
select round(100.0 * count(*) filter (where score >= 4) / nullif(count(score), 0), 1) from support.ticket;
-- and
select round(100.0 * sum(case when score > 3 then 1 else 0 end) / nullif(count(*) filter (where score is not null), 0), 1) from support.ticket;

-- pair desk-06 | different | kind: null-handling or measure or population
-- why: tickets without a score count in one divisor only
select round(100.0 * count(*) filter (where score >= 4) / nullif(count(score), 0), 1) from support.ticket;
-- and
select round(100.0 * count(*) filter (where score >= 4) / nullif(count(*), 0), 1) from support.ticket;

-- pair desk-07 | equal-under
-- why: a score lies between one and five, so a score above zero is any score
-- rests: check ticket.ticket_score_check
select count(*) from support.ticket where score > 0;
-- and
select count(score) from support.ticket;

-- pair desk-08 | equal-under or undecided
-- why: four and five are the scores above three; the mean over the list is the same
-- rests: check ticket.ticket_score_check
select avg(score) from support.ticket where score in (4, 5);
-- and
select avg(score) from support.ticket where score > 3;

-- pair desk-09 | different | kind: measure
-- why: median against mean
select percentile_cont(0.5) within group (order by extract(epoch from first_reply_at - created_at)) from support.ticket;
-- and
select avg(extract(epoch from first_reply_at - created_at)) from support.ticket;

-- pair desk-10 | equal-under
-- why: only public messages of agents; a ticket is counted once by its key
-- rests: foreign_key message(ticket_id) or foreign_key message(ticket_id); primary_key ticket(id)
select count(distinct ticket_id) from support.message where public and author_agent_id is not null;
-- and
select count(*) from support.ticket t where exists (select 1 from support.message m where m.ticket_id = t.id and m.public and m.author_agent_id is not null);

-- pair desk-11 | different | kind: source or population or measure
-- why: a reply may be sent without the ticket's own time of first reply
select count(*) from support.ticket t where exists (select 1 from support.message m where m.ticket_id = t.id and m.public and m.author_agent_id is not null);
-- and
select count(*) from support.ticket where first_reply_at is not null;

-- pair desk-12 | different | kind: fan-out or distinctness
-- why: two messages of an agent count the ticket twice
select a.team, count(t.id) from support.agent a join support.message m on m.author_agent_id = a.agent_id join support.ticket t on t.id = m.ticket_id group by a.team;
-- and
select a.team, count(distinct t.id) from support.agent a join support.message m on m.author_agent_id = a.agent_id join support.ticket t on t.id = m.ticket_id group by a.team;

-- pair desk-13 | looser or different | kind: null-handling or rows-lost or population or empty | cosmetic: any
-- why: tickets without an agent have a line of their own in the first
select a.team, count(*) from support.ticket t left join support.agent a on a.agent_id = t.agent_id group by a.team;
-- and
select a.team, count(*) from support.ticket t join support.agent a on a.agent_id = t.agent_id group by a.team;

-- pair desk-14 | equal
-- why: an outer join whose other side is filtered is an inner one
select a.team, count(*) from support.ticket t left join support.agent a on a.agent_id = t.agent_id where a.active group by a.team;
-- and
select a.team, count(*) from support.agent a, support.ticket t where t.agent_id = a.agent_id and a.active is true group by a.team;

-- pair desk-15 | different | kind: source or measure or grain or population | cosmetic: any
-- why: agents without a ticket have a line of 0 in the first
select a.email, count(t.id) from support.agent a left join support.ticket t on t.agent_id = a.agent_id and t.state = 'open' group by a.email;
-- and
select a.email, count(t.id) from support.agent a left join support.ticket t on t.agent_id = a.agent_id where t.state = 'open' group by a.email;

-- pair desk-16 | equal-under
-- why: the identity of what is grouped: an agent is its key, and its team hangs on it
-- rests: primary_key agent(agent_id)
select x.team, x.n from (select a.agent_id, a.team, count(*) as n from support.ticket t join support.agent a on a.agent_id = t.agent_id group by a.agent_id, a.team) x;
-- and
select max(a.team), count(*) from support.ticket t join support.agent a on a.agent_id = t.agent_id group by t.agent_id;

-- pair desk-17 | equal
-- why: twelve hours in two spellings
select count(*) from support.ticket where first_reply_at - created_at <= interval '12 hours';
-- and
select count(*) from support.ticket where first_reply_at - created_at <= interval '720 minutes';

-- pair desk-18 | equal or undecided
-- why: twelve hours as an interval or as seconds
select count(*) from support.ticket where first_reply_at - created_at <= interval '12 hours';
-- and
select count(*) from support.ticket where extract(epoch from first_reply_at) - extract(epoch from created_at) <= 12 * 3600;

-- pair desk-19 | different | kind: boundary or population
-- why: hours of the clock are cut by EXTRACT: eighteen hours and a day are six hours here
select count(*) from support.ticket where first_reply_at - created_at < interval '12 hours';
-- and
select count(*) from support.ticket where extract(hour from first_reply_at - created_at) < 12;

-- pair desk-20 | equal
-- why: Monday to Friday, counted from Sunday or from Monday
select extract(dow from created_at), count(*) from support.ticket where extract(dow from created_at) between 1 and 5 group by 1;
-- and
select extract(isodow from created_at), count(*) from support.ticket where extract(isodow from created_at) < 6 group by 1;

-- pair desk-21 | different | kind: measure or grain
-- why: Sunday is 0 for one and 7 for the other
select extract(dow from created_at), count(*) from support.ticket group by 1;
-- and
select extract(isodow from created_at), count(*) from support.ticket group by 1;

-- pair desk-22 | equal
-- why: the same three channels, spelled as patterns without wildcards
select count(*) from support.ticket where channel like 'chat' or channel similar to 'mail';
-- and
select count(*) from support.ticket where channel in ('chat', 'mail');

-- pair desk-23 | equal-under
-- why: what is neither mail nor chat is phone
-- rests: check ticket.ticket_channel_check; not_null ticket.channel
select date_trunc('month', created_at), count(*) filter (where channel = 'phone') from support.ticket group by 1;
-- and
select date_trunc('month', created_at), sum(case channel when 'mail' then 0 when 'chat' then 0 else 1 end) from support.ticket group by 1;

-- pair desk-24 | equal-under or undecided
-- why: EXCEPT on keys is NOT EXISTS
-- rests: primary_key ticket(id)
select count(*) from (select id from support.ticket except select ticket_id from support.message) x;
-- and
select count(*) from support.ticket t where not exists (select 1 from support.message m where m.ticket_id = t.id);

-- pair desk-25 | undecided or different
-- why: which agent comes first is left open where two have the same number
select agent_id from support.ticket group by agent_id order by count(*) desc limit 1;
-- and
select agent_id from support.ticket where not spam or spam group by agent_id order by count(*) desc limit 1;
