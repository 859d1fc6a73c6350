-- Who may call the API, and what for. An id and a name outlive every secret: idempotent answers and commands hang on them.
create table api_keys (
  id uuid primary key,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  scopes text[] not null check (
    cardinality(scopes) > 0
    and scopes <@ array['orders:read', 'orders:write', 'jobs:read', 'jobs:write', 'ops']),
  -- Null where the service's own limit counts.
  requests_per_second integer check (requests_per_second between 1 and 1000000),
  -- Signs what the service sends back to this caller, so it is kept as it is.
  webhook_secret text not null check (webhook_secret ~ '^whsec_'),
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
-- A name says who asked for what, so that no two that are in use share it.
create unique index api_keys_name on api_keys (name) where revoked_at is null;

-- A key's secrets: one, and for a while two when it is rotated. Only the SHA-256 of what the caller sends is here.
create table api_key_secrets (
  prefix text primary key check (prefix ~ '^osk_[a-z0-9]{8}$'),
  key_id uuid not null references api_keys (id),
  secret_hash bytea not null check (length(secret_hash) = 32),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz
);
create index api_key_secrets_key on api_key_secrets (key_id);
