-- The first shape. {bytes} is BLOB or BYTEA. Each table is marked with its class in a comment that a test reads:
-- ledger (append-only truth), projection (rebuilt from the ledger), operational (backed up, never rebuilt).

-- class: ledger
create table block (number bigint primary key, stream bigint not null, sequence bigint not null, facts bigint not null, recorded bigint not null, previous {bytes} not null, chain {bytes} not null, body {bytes} not null);
create unique index block_stream on block (stream, sequence);
-- class: ledger
create table sealed (id bigint primary key, salt {bytes} not null, bytes {bytes} not null);
-- class: ledger
create table sealed_about (subject bigint not null, sealed bigint not null, primary key (subject, sealed));

-- class: projection
create table customer (id bigint primary key, brand bigint not null, since bigint not null, open_promises bigint not null, body {bytes} not null);
-- class: projection
create table purchase (id bigint primary key, brand bigint not null, number text not null, customer bigint, placed_at bigint not null, body {bytes} not null);
-- class: projection
create table parcel (id bigint primary key, brand bigint not null, carrier text not null, milestone text not null, trouble text, purchase bigint, promise bigint, open bigint not null, last_at bigint not null, transit bigint, delivered_at bigint, watch_at bigint, body {bytes} not null);
create index parcel_watch on parcel (watch_at) where watch_at is not null;
create index parcel_promise on parcel (promise);
create index parcel_trouble on parcel (id) where trouble is not null;
create index parcel_delivered on parcel (carrier, delivered_at) where delivered_at is not null;
-- class: projection
create table promise (id bigint primary key, brand bigint not null, kind text not null, state text not null, open bigint not null, disputed bigint not null, amended bigint not null, owner text not null, customer bigint, purchase bigint, made_at bigint not null, due bigint, first_due bigint, ended_at bigint, by_first_due text, told_first bigint not null, told_at bigint, chasers bigint not null, needless bigint not null, warned bigint not null, watch_at bigint, body {bytes} not null);
create index promise_watch on promise (watch_at) where watch_at is not null;
create index promise_open on promise (open, due);
create index promise_first_due on promise (first_due);
create index promise_customer on promise (customer);
create index promise_purchase on promise (purchase);
-- class: projection
create table message (id bigint primary key, brand bigint not null, state text not null, playbook text not null, promise bigint not null, customer bigint, decided_at bigint not null, held_until bigint, body {bytes} not null);
create index message_state on message (state, id);
create index message_promise on message (promise);
create index message_playbook on message (playbook, state);
create index message_customer on message (customer);
-- class: projection
create table natural_key (brand bigint not null, kind text not null, name text not null, subject bigint not null, primary key (brand, kind, name));
-- class: projection
create table signal (id bigint primary key, promise bigint not null, kind text not null, position bigint not null, raised bigint not null, lease_until bigint not null default 0, holder text);
-- class: projection
create table playbook (brand bigint not null, name text not null, mode text not null, primary key (brand, name));
-- class: projection
create table code_meaning (brand bigint not null, source text not null, code text not null, milestone text not null, exception text, primary key (brand, source, code));
-- class: projection
create table unmapped (brand bigint not null, source text not null, what text not null, code text not null, words text not null, seen bigint not null, first_at bigint not null, last_at bigint not null, primary key (brand, source, what, code));
-- class: projection
create table payload (position bigint primary key, brand bigint not null, source text not null, delivery text not null, size bigint not null, sealed bigint not null, at bigint not null, error text);
create unique index payload_delivery on payload (brand, source, delivery);
create index payload_error on payload (position) where error is not null;

-- class: operational
create table person_key (brand bigint not null, name text not null, subject bigint not null, primary key (brand, name));
create index person_subject on person_key (subject);
-- class: operational
create table request_key (name text primary key, body {bytes} not null, answer text not null, at bigint not null);
-- class: operational
create table outbox (message bigint primary key, state text not null, attempt bigint not null, next_at bigint not null, lease_until bigint not null, holder text);
create index outbox_next on outbox (state, next_at);
-- class: operational
create table refused (source text primary key, refused bigint not null);
-- class: operational
create table member (id bigint primary key, email text not null unique, name text not null, role text not null, language text not null, password_hash text not null, active bigint not null);
-- class: operational
create table session (hash {bytes} primary key, member bigint not null, expires bigint not null);
create index session_member on session (member);
-- class: operational
create table token (id bigint primary key, hash {bytes} not null unique, name text not null, scopes text not null, created bigint not null, last_used bigint, revoked bigint);
-- class: operational
create table secret (name text primary key, value text not null);
-- class: operational
create table setting (name text primary key, value text not null);
-- class: operational
create table customer_link (hash {bytes} primary key, customer bigint not null);
create index customer_link_customer on customer_link (customer);
-- class: operational
create table counter (name text primary key, next bigint not null);
