-- Parcels under way of one milestone are found in the index of all under way, without a row of the others.
drop index parcel_open;
create index parcel_open on parcel (first_seen, id, milestone) where open = 1;
