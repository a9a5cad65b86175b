-- What is to be done in a shop. Messages and errands leave by one outbox: the noun says which.
-- class: projection
create table errand (id bigint primary key, brand bigint not null, state text not null, kind text not null, purchase bigint not null, promise bigint not null, asked_at bigint not null, body {bytes} not null);
create index errand_state on errand (state, id);
create index errand_promise on errand (promise);
create index errand_purchase on errand (purchase);
alter table outbox rename column message to subject;
alter table outbox add column noun text not null default 'message';
drop index outbox_next;
create index outbox_next on outbox (noun, state, next_at);
