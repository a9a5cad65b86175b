-- What shops and carriers tell customers by themselves, as a person said of each.
-- class: projection
create table notice (brand bigint not null, source text not null, teller text not null, notices text not null, said_by text not null, primary key (brand, source));
