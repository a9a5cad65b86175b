-- Indexes that lists and counts of pages read instead of rows, however long the past. Those for few rows are partial, and named by literal
-- conditions: a bound value cannot be seen to imply them. What an index of parcels holds changes when a parcel begins or ends, never
-- with a scan.
drop index promise_open;
create index promise_open on promise ((coalesce(due, 9000000000000000)), id) where open = 1;
create index promise_endangered on promise ((coalesce(due, 9000000000000000)), id, state, customer, told_first, open) where open = 1 and state <> 'open';
create index promise_unwatched on promise (id) where open = 1 and (watch_at is null or owner = '');
create index promise_disputed on promise (id) where disputed = 1;
create index promise_ended on promise (state, made_at, id) where open = 0 and state <> 'kept';
create index promise_made on promise (made_at, id);
create index promise_owner on promise (owner);
create index customer_since on customer (since, id);
create index parcel_open on parcel (id) where open = 1;
create index parcel_open_carrier on parcel (carrier, id) where open = 1;
create index parcel_gone on parcel (milestone, id) where open = 0 and milestone <> 'delivered';
create index parcel_orphan on parcel (id) where purchase is null;
-- Where a parcel was scanned last: many that stand still at one place are one matter.
alter table parcel add column place bigint not null default 0;
create index parcel_standing on parcel (carrier, place, last_at, id) where trouble in ('stalled_in_network', 'stuck_at_hub', 'out_for_delivery_not_closed', 'presumed_lost') and place <> 0;
