-- Lists are in the order of the time they show; ids of several writers say nothing of it, and only break ties. Each index has the condition
-- first, then that time, then the id, as pages are turned by both.
drop index message_state;
create index message_state on message (state, decided_at, id);
drop index message_customer;
create index message_customer on message (customer, decided_at, id);
drop index message_promise;
create index message_promise on message (promise, decided_at, id);
create index message_decided on message (decided_at, id);
drop index errand_state;
create index errand_state on errand (state, asked_at, id);
create index errand_asked on errand (asked_at, id);
-- When a parcel was first heard of never changes: these indexes change with a parcel's beginning and end, never with a scan.
alter table parcel add column first_seen bigint not null default 0;
create index parcel_seen on parcel (first_seen, id);
drop index parcel_open;
create index parcel_open on parcel (first_seen, id) where open = 1;
drop index parcel_open_carrier;
create index parcel_open_carrier on parcel (carrier, first_seen, id) where open = 1;
drop index parcel_gone;
create index parcel_gone on parcel (milestone, first_seen, id) where open = 0 and milestone <> 'delivered';
drop index parcel_orphan;
create index parcel_orphan on parcel (first_seen, id) where purchase is null;
drop index parcel_trouble;
create index parcel_trouble on parcel (first_seen, id) where trouble is not null;
drop index promise_disputed;
create index promise_disputed on promise (made_at, id) where disputed = 1;
drop index payload_error;
create index payload_error on payload (at, position) where error is not null;
