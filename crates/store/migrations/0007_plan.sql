-- When a parcel's promise is due, beside the parcel: a carrier's plan reads one index, in its order, and no row. What is promised nothing lies far
-- away.
alter table parcel add column due bigint not null default 9000000000000000;
update parcel set due = coalesce((select p.due from promise p where p.id = parcel.promise), 9000000000000000) where promise is not null;
create index parcel_planned on parcel (carrier, due, id) where open = 1;
