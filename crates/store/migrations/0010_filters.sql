-- Lists by everything that they can be narrowed to: each index stands in its list's order, and holds what else may be asked for, so that
-- what does not match costs no row.
drop index promise_open;
create index promise_open on promise ((coalesce(due, 9000000000000000)), id, state, kind, owner) where open = 1;
drop index promise_ended;
create index promise_state on promise (state, made_at, id, kind, owner);
drop index promise_owner;
create index promise_owner on promise (owner, made_at, id, kind);
create index promise_kind on promise (kind, made_at, id);
create index parcel_carrier on parcel (carrier, first_seen, id);
