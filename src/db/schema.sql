-- What the migrations make. Written by `npm run schema`; change the migrations instead.

CREATE FUNCTION public.check_entry_balances() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if (select sum(amount_minor) from postings where order_id = new.order_id and entry = new.entry) <> 0 then
    raise exception 'entry % of order % does not balance', new.entry, new.order_id using errcode = 'check_violation';
  end if;
  return null;
end $$;

CREATE FUNCTION public.check_job_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if not (
    (old.status = 'scheduled' and new.status in ('blocked', 'ready', 'failed', 'cancelled')) or
    (old.status = 'blocked' and new.status in ('ready', 'failed', 'cancelled')) or
    (old.status = 'ready' and new.status in ('dispatched', 'failed', 'cancelled')) or
    (old.status = 'dispatched' and new.status in ('ready', 'running', 'failed', 'cancelled', 'dead')) or
    (old.status = 'running' and new.status in ('ready', 'completed', 'failed', 'cancelled', 'dead')) or
    -- A new round.
    (old.status in ('failed', 'cancelled', 'dead') and new.status in ('blocked', 'ready') and new.round = old.round + 1)
  ) then
    raise exception 'a job cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;

CREATE FUNCTION public.check_order_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if not (
    (old.status = 'pending' and new.status in ('processing', 'failed', 'cancelled')) or
    (old.status = 'processing' and new.status in ('confirmed', 'failed', 'cancelled')) or
    (old.status = 'confirmed' and new.status in ('completed', 'failed', 'cancelled'))
  ) then
    raise exception 'an order cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;

CREATE FUNCTION public.owe_webhooks_of_job() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select endpoint.id, 'job_' || new.job_id || '_' || new.number, new.type, new.created_at,
    new.data || jsonb_build_object('jobId', new.job_id, 'number', new.number, 'type', jobs.type), jobs.trace_parent
  from webhook_endpoints endpoint, jobs
  where jobs.id = new.job_id and deleted_at is null
    and (new.type = any (events) or split_part(new.type, '.', 1) || '.*' = any (events));
  return null;
end $$;

CREATE FUNCTION public.owe_webhooks_of_order() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select id, 'order_' || new.order_id || '_' || new.number, new.type, new.created_at,
    new.data || jsonb_build_object('orderId', new.order_id, 'number', new.number),
    (select trace_parent from orders where id = new.order_id)
  from webhook_endpoints
  where deleted_at is null
    and (new.type = any (events) or split_part(new.type, '.', 1) || '.*' = any (events));
  return null;
end $$;

CREATE FUNCTION public.owe_webhooks_of_photo() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  insert into webhook_deliveries (destination_id, message_id, type, occurred_at, data, trace_parent)
  select id, 'photo_' || new.id || '_ready', 'photo.ready', new.ready_at,
    jsonb_build_object('photoId', new.id, 'jobId', new.job_id, 'width', new.width, 'height', new.height),
    new.trace_parent
  from webhook_endpoints
  where deleted_at is null and ('photo.ready' = any (events) or 'photo.*' = any (events))
  on conflict (destination_id, message_id) do nothing;
  return null;
end $$;

CREATE FUNCTION public.uuid_v7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

CREATE TABLE public.activity_attempts (
    id bigint NOT NULL,
    order_id uuid NOT NULL,
    run_id text NOT NULL,
    activity text NOT NULL,
    attempt integer NOT NULL,
    local boolean NOT NULL,
    failure_type text NOT NULL,
    failure_message text NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL
);

ALTER TABLE public.activity_attempts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.activity_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.analytics_events (
    type text NOT NULL,
    subject_id uuid NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT analytics_events_type_check CHECK ((type ~ '^[a-z]+\.[a-z_]+$'::text))
);

CREATE TABLE public.api_key_secrets (
    prefix text NOT NULL,
    key_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT api_key_secrets_prefix_check CHECK ((prefix ~ '^osk_[a-z0-9]{8}$'::text)),
    CONSTRAINT api_key_secrets_secret_hash_check CHECK ((length(secret_hash) = 32))
);

CREATE TABLE public.api_keys (
    id uuid NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    requests_per_second integer,
    webhook_secret text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    previous_webhook_secret text,
    previous_webhook_secret_until timestamp with time zone,
    CONSTRAINT api_keys_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text)),
    CONSTRAINT api_keys_previous_webhook_secret CHECK (((previous_webhook_secret IS NULL) = (previous_webhook_secret_until IS NULL))),
    CONSTRAINT api_keys_previous_webhook_secret_check CHECK ((previous_webhook_secret ~ '^(whsec_|sealed:)'::text)),
    CONSTRAINT api_keys_requests_per_second_check CHECK (((requests_per_second >= 1) AND (requests_per_second <= 1000000))),
    CONSTRAINT api_keys_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['orders:read'::text, 'orders:write'::text, 'jobs:read'::text, 'jobs:write'::text, 'ops'::text]))),
    CONSTRAINT api_keys_webhook_secret_check CHECK ((webhook_secret ~ '^(whsec_|sealed:)'::text))
);

CREATE TABLE public.bulk_operation_items (
    operation_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    outcome text,
    detail text,
    round integer,
    attention_since timestamp with time zone,
    CONSTRAINT bulk_operation_items_outcome_check CHECK ((outcome = ANY (ARRAY['accepted'::text, 'refused'::text])))
);

CREATE TABLE public.bulk_operations (
    id uuid NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    filter jsonb NOT NULL,
    requested_by text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    confirmed_by text,
    confirmed_at timestamp with time zone,
    CONSTRAINT bulk_operations_action_check CHECK ((action = ANY (ARRAY['retry'::text, 'cancel'::text]))),
    CONSTRAINT bulk_operations_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
    CONSTRAINT bulk_operations_subject_check CHECK ((subject = ANY (ARRAY['jobs'::text, 'orders'::text])))
);

CREATE TABLE public.idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    response_status integer NOT NULL,
    response_headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    response_body jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.order_steps (
    order_id uuid NOT NULL,
    step text NOT NULL,
    state text NOT NULL,
    key_generation integer DEFAULT 1 NOT NULL,
    keys_issued_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    intended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    in_flight_until timestamp with time zone,
    landed_at timestamp with time zone,
    undone_at timestamp with time zone,
    settled_at timestamp with time zone,
    CONSTRAINT order_steps_check CHECK (((state <> 'landed'::text) OR (landed_at IS NOT NULL))),
    CONSTRAINT order_steps_check1 CHECK (((state = 'undone'::text) = (undone_at IS NOT NULL))),
    CONSTRAINT order_steps_key_generation_check CHECK (((key_generation >= 1) AND (key_generation <= 1000))),
    CONSTRAINT order_steps_settled_is_undone CHECK (((settled_at IS NULL) OR (state = 'undone'::text))),
    CONSTRAINT order_steps_state_check CHECK ((state = ANY (ARRAY['intended'::text, 'landed'::text, 'undoing'::text, 'undone'::text]))),
    CONSTRAINT order_steps_step_check CHECK ((step = ANY (ARRAY['reserve_stock'::text, 'authorize_payment'::text, 'confirm'::text, 'buy_label'::text, 'capture_payment'::text])))
);

CREATE TABLE public.orders (
    id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    payment_status text DEFAULT 'none'::text NOT NULL,
    fulfillment_status text DEFAULT 'none'::text NOT NULL,
    waiting_on text,
    attention_step text,
    attention_reason text,
    attention_since timestamp with time zone,
    failure_type text,
    failure_detail text,
    cancel_requested_at timestamp with time zone,
    customer_id text NOT NULL,
    customer_email text NOT NULL,
    customer_name text NOT NULL,
    shipping_address jsonb NOT NULL,
    payment_method text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    total_minor bigint NOT NULL,
    currency text NOT NULL,
    last_event_number integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    policy jsonb,
    unwinding_since timestamp with time zone,
    unwinding_failure_type text,
    unwinding_failure_detail text,
    trace_parent text,
    CONSTRAINT orders_check CHECK (((attention_step IS NULL) = (attention_since IS NULL))),
    CONSTRAINT orders_check1 CHECK (((attention_step IS NULL) = (attention_reason IS NULL))),
    CONSTRAINT orders_check2 CHECK (((failure_type IS NULL) = (failure_detail IS NULL))),
    CONSTRAINT orders_check3 CHECK (((status <> 'failed'::text) OR (failure_type IS NOT NULL))),
    CONSTRAINT orders_check4 CHECK (((status <> 'cancelled'::text) OR (cancel_requested_at IS NOT NULL))),
    CONSTRAINT orders_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT orders_fulfillment_status_check CHECK ((fulfillment_status = ANY (ARRAY['none'::text, 'reserved'::text, 'partially_shipped'::text, 'shipped'::text, 'delivered'::text, 'returned'::text, 'released'::text]))),
    CONSTRAINT orders_payment_status_check CHECK ((payment_status = ANY (ARRAY['none'::text, 'authorized'::text, 'captured'::text, 'voided'::text, 'partially_refunded'::text, 'refunded'::text, 'declined'::text]))),
    CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'processing'::text, 'confirmed'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT orders_total_minor_check CHECK (((total_minor >= 1) AND (total_minor <= 99999999))),
    CONSTRAINT orders_unwinding_failure CHECK ((((unwinding_failure_type IS NULL) = (unwinding_failure_detail IS NULL)) AND ((unwinding_failure_type IS NULL) OR (unwinding_since IS NOT NULL)))),
    CONSTRAINT orders_waiting_on_check CHECK ((waiting_on = ANY (ARRAY['approval'::text, 'payment_action'::text, 'stock'::text, 'operator'::text])))
)
WITH (fillfactor='70');

CREATE TABLE public.payments (
    order_id uuid NOT NULL,
    intent_id text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    authorized_at timestamp with time zone,
    capture_before timestamp with time zone,
    captured_minor bigint DEFAULT 0 NOT NULL,
    refunded_minor bigint DEFAULT 0 NOT NULL,
    refund_id text,
    voided_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT payments_amount_minor_check CHECK ((amount_minor > 0)),
    CONSTRAINT payments_no_overcharge CHECK (((captured_minor >= 0) AND (captured_minor <= amount_minor))),
    CONSTRAINT payments_no_overrefund CHECK (((refunded_minor >= 0) AND (refunded_minor <= captured_minor)))
);

CREATE TABLE public.postings (
    order_id uuid NOT NULL,
    entry text NOT NULL,
    account text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT postings_account_check CHECK ((account = ANY (ARRAY['provider_balance'::text, 'sales'::text, 'sales_refunds'::text]))),
    CONSTRAINT postings_amount_minor_check CHECK ((amount_minor <> 0))
);

CREATE VIEW public.imbalance_charges AS
 SELECT o.id AS order_id,
    o.status,
    p.captured_minor,
    p.refunded_minor,
    b.posted_minor
   FROM ((public.orders o
     LEFT JOIN public.payments p ON ((p.order_id = o.id)))
     LEFT JOIN LATERAL ( SELECT sum(postings.amount_minor) AS posted_minor
           FROM public.postings
          WHERE ((postings.order_id = o.id) AND (postings.account = 'provider_balance'::text))) b ON (true))
  WHERE (((COALESCE((p.captured_minor - p.refunded_minor), (0)::bigint))::numeric <> COALESCE(b.posted_minor, (0)::numeric)) OR ((o.status = ANY (ARRAY['failed'::text, 'cancelled'::text])) AND (COALESCE((p.captured_minor - p.refunded_minor), (0)::bigint) <> 0) AND (NOT (EXISTS ( SELECT
           FROM public.order_steps st
          WHERE ((st.order_id = o.id) AND (st.step = 'capture_payment'::text) AND (st.settled_at IS NOT NULL)))))) OR ((o.status = 'completed'::text) AND (COALESCE(p.captured_minor, (0)::bigint) <> o.total_minor)));

CREATE VIEW public.imbalance_entries AS
 SELECT postings.order_id,
    postings.entry,
    sum(postings.amount_minor) AS off_by_minor
   FROM public.postings
  GROUP BY postings.order_id, postings.entry
 HAVING (sum(postings.amount_minor) <> (0)::numeric);

CREATE TABLE public.reservations (
    order_id uuid NOT NULL,
    sku text NOT NULL,
    warehouse text NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT reservations_quantity_check CHECK ((quantity > 0))
);

CREATE TABLE public.shipments (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    warehouse text NOT NULL,
    reference text NOT NULL,
    carrier_shipment_id text,
    status text,
    carrier text,
    service text,
    tracking_code text,
    tracking_url text,
    label_price_minor bigint,
    label_currency text,
    label_refund text,
    dispatched_at timestamp with time zone,
    delivered_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    carrier_checked_at timestamp with time zone,
    CONSTRAINT shipments_check CHECK (((status IS NULL) OR (tracking_code IS NOT NULL))),
    CONSTRAINT shipments_label_refund_check CHECK ((label_refund = ANY (ARRAY['submitted'::text, 'refunded'::text, 'rejected'::text, 'not_applicable'::text]))),
    CONSTRAINT shipments_status_check CHECK ((status = ANY (ARRAY['label_bought'::text, 'unknown'::text, 'pre_transit'::text, 'in_transit'::text, 'out_for_delivery'::text, 'available_for_pickup'::text, 'delivered'::text, 'return_to_sender'::text, 'failure'::text, 'error'::text, 'cancelled'::text])))
);

CREATE VIEW public.imbalance_holds AS
 SELECT o.id AS order_id,
    o.status,
    'authorization'::text AS held
   FROM (public.orders o
     JOIN public.payments p ON ((p.order_id = o.id)))
  WHERE ((o.status = ANY (ARRAY['failed'::text, 'cancelled'::text])) AND (p.captured_minor = 0) AND (p.voided_at IS NULL) AND (NOT (EXISTS ( SELECT
           FROM public.order_steps st
          WHERE ((st.order_id = o.id) AND (st.step = 'authorize_payment'::text) AND (st.settled_at IS NOT NULL))))))
UNION ALL
 SELECT o.id AS order_id,
    o.status,
    'stock'::text AS held
   FROM (public.orders o
     JOIN public.reservations r ON ((r.order_id = o.id)))
  WHERE (o.status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]))
UNION ALL
 SELECT o.id AS order_id,
    o.status,
    'label'::text AS held
   FROM (public.orders o
     JOIN public.shipments s ON ((s.order_id = o.id)))
  WHERE ((o.status = ANY (ARRAY['failed'::text, 'cancelled'::text])) AND (s.tracking_code IS NOT NULL) AND (s.label_refund IS NULL) AND (NOT (EXISTS ( SELECT
           FROM public.order_steps st
          WHERE ((st.order_id = o.id) AND (st.step = 'buy_label'::text) AND (st.settled_at IS NOT NULL))))))
UNION ALL
 SELECT o.id AS order_id,
    o.status,
    ('step '::text || st.step) AS held
   FROM (public.orders o
     JOIN public.order_steps st ON ((st.order_id = o.id)))
  WHERE (((o.status = ANY (ARRAY['failed'::text, 'cancelled'::text])) AND (st.state <> 'undone'::text)) OR ((o.status = 'completed'::text) AND (st.state <> 'landed'::text)));

CREATE TABLE public.stock (
    sku text NOT NULL,
    warehouse text NOT NULL,
    on_hand integer DEFAULT 0 NOT NULL,
    reserved integer DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_no_oversell CHECK ((reserved <= on_hand)),
    CONSTRAINT stock_on_hand_check CHECK ((on_hand >= 0)),
    CONSTRAINT stock_reserved_check CHECK ((reserved >= 0)),
    CONSTRAINT stock_warehouse_check CHECK ((warehouse ~ '^[a-z0-9][a-z0-9-]{0,31}$'::text))
)
WITH (fillfactor='50');

CREATE VIEW public.imbalance_reserved AS
 SELECT s.sku,
    s.warehouse,
    s.on_hand,
    s.reserved,
    COALESCE(r.held, (0)::bigint) AS held
   FROM (public.stock s
     LEFT JOIN ( SELECT reservations.sku,
            reservations.warehouse,
            sum(reservations.quantity) AS held
           FROM public.reservations
          GROUP BY reservations.sku, reservations.warehouse) r USING (sku, warehouse))
  WHERE ((s.reserved <> COALESCE(r.held, (0)::bigint)) OR (s.reserved > s.on_hand));

CREATE TABLE public.stock_movements (
    id bigint NOT NULL,
    sku text NOT NULL,
    warehouse text NOT NULL,
    kind text NOT NULL,
    quantity integer NOT NULL,
    order_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_movements_check CHECK (((kind = 'adjusted'::text) OR ((kind = 'shipped'::text) = (quantity < 0)))),
    CONSTRAINT stock_movements_check1 CHECK (((kind <> ALL (ARRAY['shipped'::text, 'restocked'::text])) OR (order_id IS NOT NULL))),
    CONSTRAINT stock_movements_kind_check CHECK ((kind = ANY (ARRAY['received'::text, 'adjusted'::text, 'shipped'::text, 'restocked'::text]))),
    CONSTRAINT stock_movements_quantity_check CHECK ((quantity <> 0))
);

CREATE VIEW public.imbalance_stock AS
 SELECT s.sku,
    s.warehouse,
    s.on_hand,
    COALESCE(m.moved, (0)::bigint) AS moved
   FROM (public.stock s
     LEFT JOIN ( SELECT stock_movements.sku,
            stock_movements.warehouse,
            sum(stock_movements.quantity) AS moved
           FROM public.stock_movements
          GROUP BY stock_movements.sku, stock_movements.warehouse) m USING (sku, warehouse))
  WHERE (s.on_hand <> COALESCE(m.moved, (0)::bigint));

CREATE VIEW public.imbalances AS
 SELECT 'entries'::text AS kind,
    (v.order_id)::text AS subject,
    to_jsonb(v.*) AS facts
   FROM public.imbalance_entries v
UNION ALL
 SELECT 'charges'::text AS kind,
    (v.order_id)::text AS subject,
    to_jsonb(v.*) AS facts
   FROM public.imbalance_charges v
UNION ALL
 SELECT 'holds'::text AS kind,
    (v.order_id)::text AS subject,
    to_jsonb(v.*) AS facts
   FROM public.imbalance_holds v
UNION ALL
 SELECT 'stock'::text AS kind,
    ((v.sku || '/'::text) || v.warehouse) AS subject,
    to_jsonb(v.*) AS facts
   FROM public.imbalance_stock v
UNION ALL
 SELECT 'reserved'::text AS kind,
    ((v.sku || '/'::text) || v.warehouse) AS subject,
    to_jsonb(v.*) AS facts
   FROM public.imbalance_reserved v;

CREATE TABLE public.job_attempts (
    job_id uuid NOT NULL,
    round integer NOT NULL,
    attempt integer NOT NULL,
    outcome text NOT NULL,
    error_type text NOT NULL,
    error_detail text NOT NULL,
    worker text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT job_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['failed'::text, 'refused'::text, 'cancelled'::text, 'lost'::text, 'timed_out'::text])))
);

CREATE TABLE public.job_commands (
    id uuid NOT NULL,
    job_id uuid NOT NULL,
    kind text NOT NULL,
    requested_by text NOT NULL,
    reason text,
    bulk_operation_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT job_commands_kind_check CHECK ((kind = ANY (ARRAY['cancel'::text, 'retry'::text])))
);

CREATE TABLE public.job_events (
    job_id uuid NOT NULL,
    number integer NOT NULL,
    type text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.job_types (
    name text NOT NULL,
    paused_at timestamp with time zone,
    paused_by text,
    pause_reason text,
    unknown_at timestamp with time zone,
    CONSTRAINT job_types_check CHECK (((paused_at IS NULL) = (paused_by IS NULL)))
);

CREATE TABLE public.jobs (
    id uuid NOT NULL,
    "position" bigint NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    input jsonb NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    ordering_key text,
    unique_key text,
    unique_slot text,
    unique_for_ever boolean DEFAULT false NOT NULL,
    run_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone,
    requested_by text NOT NULL,
    api_key_id uuid,
    callback_url text,
    trace_parent text,
    dispatch integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    holds_slot boolean DEFAULT false NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    turn integer DEFAULT 0 NOT NULL,
    attempt_started_at timestamp with time zone,
    attempt_worker text,
    deadline_at timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    progress_percent real,
    progress_message text,
    checkpoint jsonb,
    result jsonb,
    file_key text,
    file_name text,
    file_media_type text,
    file_bytes bigint,
    file_expires_at timestamp with time zone,
    error_type text,
    error_detail text,
    last_event_number integer DEFAULT 0 NOT NULL,
    enqueued_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    file_removed_at timestamp with time zone,
    batch uuid,
    CONSTRAINT jobs_check CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text, 'dead'::text])) = (finished_at IS NOT NULL))),
    CONSTRAINT jobs_check1 CHECK (((status = ANY (ARRAY['failed'::text, 'dead'::text])) = (error_type IS NOT NULL))),
    CONSTRAINT jobs_check2 CHECK (((error_type IS NULL) = (error_detail IS NULL))),
    CONSTRAINT jobs_check3 CHECK (((status <> 'cancelled'::text) OR (cancel_requested_at IS NOT NULL))),
    CONSTRAINT jobs_check4 CHECK (((attempt_started_at IS NULL) OR (status = 'running'::text))),
    CONSTRAINT jobs_check5 CHECK (((NOT holds_slot) OR (status = ANY (ARRAY['dispatched'::text, 'running'::text])))),
    CONSTRAINT jobs_check6 CHECK ((num_nulls(file_key, file_name, file_media_type, file_bytes, file_expires_at) = ANY (ARRAY[0, 5]))),
    CONSTRAINT jobs_ordering_key_check CHECK (((length(ordering_key) >= 1) AND (length(ordering_key) <= 200))),
    CONSTRAINT jobs_priority_check CHECK (((priority >= '-100'::integer) AND (priority <= 100))),
    CONSTRAINT jobs_progress_message_check CHECK ((length(progress_message) <= 500)),
    CONSTRAINT jobs_progress_percent_check CHECK (((progress_percent >= (0)::double precision) AND (progress_percent <= (100)::double precision))),
    CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['scheduled'::text, 'blocked'::text, 'ready'::text, 'dispatched'::text, 'running'::text, 'completed'::text, 'failed'::text, 'cancelled'::text, 'dead'::text]))),
    CONSTRAINT jobs_type_check CHECK ((type ~ '^[a-z][a-z0-9-]{0,63}$'::text)),
    CONSTRAINT jobs_unique_key_check CHECK (((length(unique_key) >= 1) AND (length(unique_key) <= 200)))
)
WITH (fillfactor='70');

ALTER TABLE public.jobs ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.jobs_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.loose_objects (
    key text NOT NULL,
    remove_after timestamp with time zone NOT NULL,
    CONSTRAINT loose_objects_key_check CHECK (((key ~ '^[A-Za-z0-9][A-Za-z0-9._/-]*$'::text) AND (length(key) <= 300)))
);

CREATE TABLE public.notices (
    order_id uuid NOT NULL,
    kind text NOT NULL,
    message_id text NOT NULL,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT notices_kind_check CHECK ((kind = ANY (ARRAY['confirmed'::text, 'shipped'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE VIEW public.open_orders AS
 SELECT orders.id AS order_id,
    orders.status,
    orders.waiting_on,
    orders.attention_step,
    orders.created_at
   FROM public.orders
  WHERE (orders.status = ANY (ARRAY['pending'::text, 'processing'::text, 'confirmed'::text]));

CREATE TABLE public.operator_alerts (
    id uuid NOT NULL,
    occurrence text NOT NULL,
    type text NOT NULL,
    order_id uuid,
    facts jsonb NOT NULL,
    raised_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    mailed_at timestamp with time zone,
    posted_at timestamp with time zone
);

CREATE TABLE public.order_commands (
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    requested_by text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT order_commands_kind_check CHECK ((kind = ANY (ARRAY['cancel'::text, 'approve'::text, 'reject'::text, 'retry'::text, 'skip'::text, 'change_address'::text])))
);

CREATE TABLE public.order_events (
    order_id uuid NOT NULL,
    number integer NOT NULL,
    type text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    duration_ms integer,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.order_lines (
    order_id uuid NOT NULL,
    line_number integer NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL,
    unit_price_minor bigint NOT NULL,
    weight_grams integer NOT NULL,
    CONSTRAINT order_lines_quantity_check CHECK (((quantity >= 1) AND (quantity <= 1000))),
    CONSTRAINT order_lines_unit_price_minor_check CHECK ((unit_price_minor > 0))
);

CREATE TABLE public.outbox (
    id bigint NOT NULL,
    lane text NOT NULL,
    kind text NOT NULL,
    order_id uuid,
    payload jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    leased_until timestamp with time zone,
    last_error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_kind_check CHECK ((kind = ANY (ARRAY['start_order'::text, 'signal_order'::text, 'notice'::text, 'sale'::text, 'sale_reversed'::text, 'alert'::text, 'cancel_job'::text, 'schedule'::text]))),
    CONSTRAINT outbox_order CHECK (((order_id IS NOT NULL) OR (kind = ANY (ARRAY['alert'::text, 'cancel_job'::text, 'schedule'::text]))))
)
WITH (fillfactor='70');

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.photo_sizes (
    photo_id uuid NOT NULL,
    size smallint NOT NULL,
    key text NOT NULL,
    bytes integer NOT NULL,
    CONSTRAINT photo_sizes_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT photo_sizes_size_check CHECK ((size = ANY (ARRAY[64, 128, 256])))
);

CREATE TABLE public.photos (
    id uuid NOT NULL,
    job_id uuid NOT NULL,
    original_key text NOT NULL,
    media_type text NOT NULL,
    bytes integer NOT NULL,
    watermark text,
    requested_by text NOT NULL,
    trace_parent text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    width integer,
    height integer,
    ready_at timestamp with time zone,
    CONSTRAINT photos_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT photos_check CHECK ((num_nulls(width, height, ready_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT photos_height_check CHECK ((height > 0)),
    CONSTRAINT photos_watermark_check CHECK (((length(watermark) >= 1) AND (length(watermark) <= 60))),
    CONSTRAINT photos_width_check CHECK ((width > 0))
);

CREATE TABLE public.product_sales (
    currency text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    revenue_minor bigint NOT NULL
)
WITH (fillfactor='70');

CREATE TABLE public.product_sales_by_day (
    day date NOT NULL,
    currency text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    revenue_minor bigint NOT NULL
)
WITH (fillfactor='70');

CREATE TABLE public.products (
    sku text NOT NULL,
    name text NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    weight_grams integer DEFAULT 500 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT products_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT products_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT products_price_minor_check CHECK (((price_minor >= 1) AND (price_minor <= 99999999))),
    CONSTRAINT products_sku_check CHECK ((sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text)),
    CONSTRAINT products_weight_grams_check CHECK (((weight_grams >= 1) AND (weight_grams <= 70000)))
);

CREATE TABLE public.provider_events (
    provider text NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    order_id uuid,
    occurred_at timestamp with time zone,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provider_events_provider_check CHECK ((provider = ANY (ARRAY['stripe'::text, 'easypost'::text])))
);

CREATE TABLE public.reconciler_cursors (
    name text NOT NULL,
    at timestamp with time zone NOT NULL,
    id uuid
);

CREATE TABLE public.reconciler_findings (
    id bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    order_id uuid,
    action text NOT NULL,
    facts jsonb DEFAULT '{}'::jsonb NOT NULL,
    found_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    closed_at timestamp with time zone
);

ALTER TABLE public.reconciler_findings ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.reconciler_findings_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.sales (
    order_id uuid NOT NULL,
    sku text NOT NULL,
    quantity integer NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    sold_at timestamp with time zone NOT NULL,
    reversed_at timestamp with time zone
);

CREATE TABLE public.sales_by_day (
    day date NOT NULL,
    currency text NOT NULL,
    orders bigint DEFAULT 0 NOT NULL,
    pieces bigint DEFAULT 0 NOT NULL,
    revenue_minor bigint DEFAULT 0 NOT NULL,
    reversed_orders bigint DEFAULT 0 NOT NULL,
    reversed_pieces bigint DEFAULT 0 NOT NULL,
    reversed_minor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT sales_by_day_orders_check CHECK ((orders >= 0)),
    CONSTRAINT sales_by_day_pieces_check CHECK ((pieces >= 0)),
    CONSTRAINT sales_by_day_revenue_minor_check CHECK ((revenue_minor >= 0)),
    CONSTRAINT sales_by_day_reversed_minor_check CHECK ((reversed_minor >= 0)),
    CONSTRAINT sales_by_day_reversed_orders_check CHECK ((reversed_orders >= 0)),
    CONSTRAINT sales_by_day_reversed_pieces_check CHECK ((reversed_pieces >= 0))
)
WITH (fillfactor='70');

CREATE TABLE public.schedule_ticks (
    schedule_id text NOT NULL,
    tick text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    outcome text NOT NULL,
    cause text NOT NULL,
    requested_by text,
    job_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT schedule_ticks_cause_check CHECK ((cause = ANY (ARRAY['schedule'::text, 'catch_up'::text, 'trigger'::text, 'backfill'::text]))),
    CONSTRAINT schedule_ticks_check CHECK (((outcome = 'made'::text) = (job_id IS NOT NULL))),
    CONSTRAINT schedule_ticks_outcome_check CHECK ((outcome = ANY (ARRAY['made'::text, 'overlap'::text, 'holiday'::text, 'paused'::text, 'missed'::text]))),
    CONSTRAINT schedule_ticks_tick_check CHECK (((length(tick) >= 1) AND (length(tick) <= 40)))
);

CREATE TABLE public.schedules (
    id text NOT NULL,
    job_type text NOT NULL,
    settings jsonb,
    override jsonb,
    paused_at timestamp with time zone,
    paused_by text,
    pause_reason text,
    paused_in_temporal boolean DEFAULT false NOT NULL,
    changed_at timestamp with time zone,
    changed_by text,
    seen_until timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT schedules_check CHECK (((settings IS NOT NULL) OR (override IS NOT NULL))),
    CONSTRAINT schedules_check1 CHECK (((paused_at IS NULL) = (paused_by IS NULL))),
    CONSTRAINT schedules_check2 CHECK (((changed_at IS NULL) = (changed_by IS NULL))),
    CONSTRAINT schedules_id_check CHECK ((id ~ '^[a-z0-9][a-z0-9-]{0,63}$'::text))
);

ALTER TABLE public.stock_movements ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.stock_movements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.summaries (
    id uuid NOT NULL,
    period text NOT NULL,
    first_day date NOT NULL,
    time_zone text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    orders_placed bigint NOT NULL,
    orders_completed bigint NOT NULL,
    orders_failed bigint NOT NULL,
    orders_cancelled bigint NOT NULL,
    sales_outstanding bigint NOT NULL,
    best_sellers jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT summaries_check CHECK ((ends_at >= starts_at)),
    CONSTRAINT summaries_period_check CHECK ((period = ANY (ARRAY['day'::text, 'week'::text])))
);

CREATE TABLE public.summary_mails (
    summary_id uuid NOT NULL,
    address text NOT NULL,
    message_id text NOT NULL,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE public.summary_sales (
    summary_id uuid NOT NULL,
    currency text NOT NULL,
    orders bigint NOT NULL,
    pieces bigint NOT NULL,
    revenue_minor bigint NOT NULL,
    reversed_orders bigint NOT NULL,
    reversed_pieces bigint NOT NULL,
    reversed_minor bigint NOT NULL,
    parts_minor bigint[] NOT NULL
);

CREATE TABLE public.user_mails (
    user_id uuid NOT NULL,
    kind text NOT NULL,
    message_id text NOT NULL,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT user_mails_kind_check CHECK ((kind = ANY (ARRAY['welcome'::text, 'follow_up'::text])))
);

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    avatar_photo_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT users_email_check CHECK (((length(email) >= 3) AND (length(email) <= 254))),
    CONSTRAINT users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);

CREATE TABLE public.webhook_deliveries (
    destination_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    message_id text NOT NULL,
    type text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    url text,
    trace_parent text,
    status text DEFAULT 'pending'::text NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    attempts jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT webhook_deliveries_check CHECK (((status = 'pending'::text) = (ended_at IS NULL))),
    CONSTRAINT webhook_deliveries_message_id_check CHECK ((message_id ~ '^[A-Za-z0-9_-]{1,200}$'::text)),
    CONSTRAINT webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
)
WITH (fillfactor='80');

CREATE TABLE public.webhook_destinations (
    id uuid NOT NULL,
    api_key_id uuid,
    origin text,
    turn integer DEFAULT 0 NOT NULL,
    taken_until timestamp with time zone,
    fruitless_turns integer DEFAULT 0 NOT NULL,
    last_success_at timestamp with time zone,
    recover_after uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT webhook_destinations_retired CHECK (((retired_at IS NULL) OR (origin IS NOT NULL)))
)
WITH (fillfactor='50');

CREATE TABLE public.webhook_endpoints (
    id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    previous_secret_until timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    updated_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT webhook_endpoints_check CHECK (((previous_secret IS NULL) = (previous_secret_until IS NULL))),
    CONSTRAINT webhook_endpoints_check1 CHECK (((disabled_at IS NULL) = (disabled_reason IS NULL))),
    CONSTRAINT webhook_endpoints_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['asked'::text, 'gone'::text, 'failing'::text]))),
    CONSTRAINT webhook_endpoints_events_check CHECK (((cardinality(events) >= 1) AND (cardinality(events) <= 50))),
    CONSTRAINT webhook_endpoints_previous_secret_check CHECK ((previous_secret ~ '^(whsec_|sealed:)'::text)),
    CONSTRAINT webhook_endpoints_secret_check CHECK ((secret ~ '^(whsec_|sealed:)'::text))
);

ALTER TABLE ONLY public.activity_attempts
    ADD CONSTRAINT activity_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.analytics_events
    ADD CONSTRAINT analytics_events_pkey PRIMARY KEY (type, subject_id);

ALTER TABLE ONLY public.api_key_secrets
    ADD CONSTRAINT api_key_secrets_pkey PRIMARY KEY (prefix);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bulk_operation_items
    ADD CONSTRAINT bulk_operation_items_pkey PRIMARY KEY (operation_id, subject_id);

ALTER TABLE ONLY public.bulk_operations
    ADD CONSTRAINT bulk_operations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

ALTER TABLE ONLY public.job_attempts
    ADD CONSTRAINT job_attempts_pkey PRIMARY KEY (job_id, round, attempt);

ALTER TABLE ONLY public.job_commands
    ADD CONSTRAINT job_commands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.job_events
    ADD CONSTRAINT job_events_pkey PRIMARY KEY (job_id, number);

ALTER TABLE ONLY public.job_types
    ADD CONSTRAINT job_types_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.loose_objects
    ADD CONSTRAINT loose_objects_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (order_id, kind);

ALTER TABLE ONLY public.operator_alerts
    ADD CONSTRAINT operator_alerts_occurrence_key UNIQUE (occurrence);

ALTER TABLE ONLY public.operator_alerts
    ADD CONSTRAINT operator_alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_commands
    ADD CONSTRAINT order_commands_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_events
    ADD CONSTRAINT order_events_pkey PRIMARY KEY (order_id, number);

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_order_id_sku_key UNIQUE (order_id, sku);

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, line_number);

ALTER TABLE ONLY public.order_steps
    ADD CONSTRAINT order_steps_pkey PRIMARY KEY (order_id, step);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_intent_id_key UNIQUE (intent_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_pkey PRIMARY KEY (order_id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_refund_id_key UNIQUE (refund_id);

ALTER TABLE ONLY public.photo_sizes
    ADD CONSTRAINT photo_sizes_key_key UNIQUE (key);

ALTER TABLE ONLY public.photo_sizes
    ADD CONSTRAINT photo_sizes_pkey PRIMARY KEY (photo_id, size);

ALTER TABLE ONLY public.photos
    ADD CONSTRAINT photos_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.postings
    ADD CONSTRAINT postings_pkey PRIMARY KEY (order_id, entry, account);

ALTER TABLE ONLY public.product_sales_by_day
    ADD CONSTRAINT product_sales_by_day_pkey PRIMARY KEY (day, currency, sku);

ALTER TABLE ONLY public.product_sales
    ADD CONSTRAINT product_sales_pkey PRIMARY KEY (currency, sku);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (sku);

ALTER TABLE ONLY public.provider_events
    ADD CONSTRAINT provider_events_pkey PRIMARY KEY (provider, event_id);

ALTER TABLE ONLY public.reconciler_cursors
    ADD CONSTRAINT reconciler_cursors_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.reconciler_findings
    ADD CONSTRAINT reconciler_findings_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT reservations_pkey PRIMARY KEY (order_id, sku, warehouse);

ALTER TABLE ONLY public.sales_by_day
    ADD CONSTRAINT sales_by_day_pkey PRIMARY KEY (day, currency);

ALTER TABLE ONLY public.sales
    ADD CONSTRAINT sales_pkey PRIMARY KEY (order_id, sku);

ALTER TABLE ONLY public.schedule_ticks
    ADD CONSTRAINT schedule_ticks_pkey PRIMARY KEY (schedule_id, tick);

ALTER TABLE ONLY public.schedules
    ADD CONSTRAINT schedules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_carrier_shipment_id_key UNIQUE (carrier_shipment_id);

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_one_label UNIQUE (order_id, warehouse);

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_reference_key UNIQUE (reference);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (sku, warehouse);

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_period_first_day_time_zone_key UNIQUE (period, first_day, time_zone);

ALTER TABLE ONLY public.summaries
    ADD CONSTRAINT summaries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.summary_mails
    ADD CONSTRAINT summary_mails_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.summary_mails
    ADD CONSTRAINT summary_mails_pkey PRIMARY KEY (summary_id, address);

ALTER TABLE ONLY public.summary_sales
    ADD CONSTRAINT summary_sales_pkey PRIMARY KEY (summary_id, currency);

ALTER TABLE ONLY public.user_mails
    ADD CONSTRAINT user_mails_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY public.user_mails
    ADD CONSTRAINT user_mails_pkey PRIMARY KEY (user_id, kind);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_destination_id_message_id_key UNIQUE (destination_id, message_id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (destination_id, id);

ALTER TABLE ONLY public.webhook_destinations
    ADD CONSTRAINT webhook_destinations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_endpoints
    ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY (id);

CREATE INDEX activity_attempts_order ON public.activity_attempts USING btree (order_id, started_at);

CREATE INDEX analytics_events_time ON public.analytics_events USING brin (occurred_at);

CREATE INDEX api_key_secrets_key ON public.api_key_secrets USING btree (key_id);

CREATE UNIQUE INDEX api_keys_name ON public.api_keys USING btree (name) WHERE (revoked_at IS NULL);

CREATE INDEX bulk_operation_items_left ON public.bulk_operation_items USING btree (operation_id) WHERE (outcome IS NULL);

CREATE INDEX bulk_operations_age ON public.bulk_operations USING btree (created_at);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX job_commands_job ON public.job_commands USING btree (job_id, created_at);

CREATE INDEX job_events_time ON public.job_events USING brin (created_at) WITH (autosummarize='on');

CREATE INDEX jobs_blocked ON public.jobs USING btree (ordering_key, run_at, "position") WHERE (status = 'blocked'::text);

CREATE INDEX jobs_dispatched ON public.jobs USING btree (type, leased_until) WHERE (status = 'dispatched'::text);

CREATE INDEX jobs_expiring ON public.jobs USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (status = ANY (ARRAY['scheduled'::text, 'blocked'::text, 'ready'::text])));

CREATE INDEX jobs_files ON public.jobs USING btree (file_expires_at) WHERE ((file_key IS NOT NULL) AND (file_removed_at IS NULL));

CREATE INDEX jobs_forgettable ON public.jobs USING btree (finished_at) WHERE ((finished_at IS NOT NULL) AND (unique_slot IS NULL) AND (status <> 'dead'::text));

CREATE INDEX jobs_gone_wrong ON public.jobs USING btree (status, id) WHERE (status = ANY (ARRAY['failed'::text, 'dead'::text, 'cancelled'::text]));

CREATE UNIQUE INDEX jobs_one_per_key ON public.jobs USING btree (ordering_key) WHERE ((ordering_key IS NOT NULL) AND (status = ANY (ARRAY['ready'::text, 'dispatched'::text, 'running'::text])));

CREATE INDEX jobs_ready ON public.jobs USING btree (type, priority DESC, run_at, "position") WHERE (status = 'ready'::text);

CREATE INDEX jobs_running ON public.jobs USING btree (id) WHERE (status = 'running'::text);

CREATE INDEX jobs_scheduled ON public.jobs USING btree (run_at) WHERE (status = 'scheduled'::text);

CREATE INDEX jobs_slots ON public.jobs USING btree (type) WHERE holds_slot;

CREATE INDEX jobs_type ON public.jobs USING btree (type, id);

CREATE UNIQUE INDEX jobs_unique ON public.jobs USING btree (type, unique_slot) WHERE (unique_slot IS NOT NULL);

CREATE INDEX loose_objects_due ON public.loose_objects USING btree (remove_after);

CREATE INDEX operator_alerts_order ON public.operator_alerts USING btree (order_id, raised_at);

CREATE INDEX order_commands_order ON public.order_commands USING btree (order_id, created_at);

CREATE INDEX order_events_time ON public.order_events USING brin (created_at) WITH (autosummarize='on');

CREATE INDEX orders_attention ON public.orders USING btree (attention_since) WHERE (attention_since IS NOT NULL);

CREATE INDEX orders_created ON public.orders USING btree (created_at, id);

CREATE INDEX orders_customer_email ON public.orders USING btree (lower(customer_email), created_at, id);

CREATE INDEX orders_ended ON public.orders USING btree (status, created_at, id) WHERE (status = ANY (ARRAY['completed'::text, 'failed'::text, 'cancelled'::text]));

CREATE INDEX orders_needing_attention ON public.orders USING btree (created_at, id) WHERE (attention_since IS NOT NULL);

CREATE INDEX orders_open ON public.orders USING btree (created_at) WHERE (status = ANY (ARRAY['pending'::text, 'processing'::text, 'confirmed'::text]));

CREATE INDEX outbox_due ON public.outbox USING btree (next_attempt_at, id);

CREATE INDEX outbox_lane ON public.outbox USING btree (lane, id);

CREATE INDEX photos_job ON public.photos USING btree (job_id);

CREATE INDEX provider_events_age ON public.provider_events USING btree (received_at);

CREATE INDEX provider_events_order ON public.provider_events USING btree (order_id, received_at);

CREATE INDEX reconciler_findings_age ON public.reconciler_findings USING btree (found_at);

CREATE UNIQUE INDEX reconciler_findings_open ON public.reconciler_findings USING btree (kind, subject) WHERE (closed_at IS NULL);

CREATE INDEX reconciler_findings_order ON public.reconciler_findings USING btree (order_id, found_at);

CREATE INDEX reconciler_findings_subject ON public.reconciler_findings USING btree (kind, subject, found_at);

CREATE INDEX reservations_stock ON public.reservations USING btree (sku, warehouse);

CREATE INDEX sales_day ON public.sales USING btree (sold_at);

CREATE INDEX sales_reversed ON public.sales USING btree (reversed_at) WHERE (reversed_at IS NOT NULL);

CREATE INDEX schedule_ticks_age ON public.schedule_ticks USING btree (created_at);

CREATE INDEX schedule_ticks_due ON public.schedule_ticks USING btree (schedule_id, due_at DESC);

CREATE INDEX shipments_on_the_way ON public.shipments USING btree (updated_at) WHERE ((tracking_code IS NOT NULL) AND (delivered_at IS NULL) AND (label_refund IS NULL));

CREATE INDEX shipments_refund_under_way ON public.shipments USING btree (carrier_checked_at) WHERE (label_refund = 'submitted'::text);

CREATE INDEX shipments_tracking ON public.shipments USING btree (tracking_code);

CREATE UNIQUE INDEX stock_movements_shipped_once ON public.stock_movements USING btree (order_id, sku, warehouse) WHERE (kind = 'shipped'::text);

CREATE INDEX stock_movements_stock ON public.stock_movements USING btree (sku, warehouse);

CREATE UNIQUE INDEX users_email ON public.users USING btree (lower(email));

CREATE INDEX webhook_deliveries_age ON public.webhook_deliveries USING brin (created_at);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (destination_id, due_at) WHERE (status = 'pending'::text);

CREATE UNIQUE INDEX webhook_destinations_callbacks ON public.webhook_destinations USING btree (origin, api_key_id) NULLS NOT DISTINCT WHERE (origin IS NOT NULL);

CREATE TRIGGER job_events_owe_webhooks AFTER INSERT ON public.job_events FOR EACH ROW WHEN ((new.type = ANY (ARRAY['job.queued'::text, 'job.completed'::text, 'job.failed'::text, 'job.cancelled'::text, 'job.dead'::text]))) EXECUTE FUNCTION public.owe_webhooks_of_job();

CREATE TRIGGER jobs_transition BEFORE UPDATE OF status ON public.jobs FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION public.check_job_transition();

CREATE TRIGGER order_events_owe_webhooks AFTER INSERT ON public.order_events FOR EACH ROW WHEN ((new.type = ANY (ARRAY['order.accepted'::text, 'order.confirmed'::text, 'order.completed'::text, 'order.failed'::text, 'order.cancelled'::text, 'order.cancel_requested'::text, 'order.address_changed'::text, 'order.needs_attention'::text, 'order.resolved'::text, 'shipment.dispatched'::text, 'shipment.delivered'::text]))) EXECUTE FUNCTION public.owe_webhooks_of_order();

CREATE TRIGGER orders_transition BEFORE UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION public.check_order_transition();

CREATE TRIGGER photos_owe_webhooks AFTER UPDATE OF ready_at ON public.photos FOR EACH ROW WHEN (((old.ready_at IS NULL) AND (new.ready_at IS NOT NULL))) EXECUTE FUNCTION public.owe_webhooks_of_photo();

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT OR UPDATE ON public.postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_entry_balances();

ALTER TABLE ONLY public.api_key_secrets
    ADD CONSTRAINT api_key_secrets_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);

ALTER TABLE ONLY public.bulk_operation_items
    ADD CONSTRAINT bulk_operation_items_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES public.bulk_operations(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.job_attempts
    ADD CONSTRAINT job_attempts_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.job_commands
    ADD CONSTRAINT job_commands_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.job_events
    ADD CONSTRAINT job_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES public.api_keys(id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.order_commands
    ADD CONSTRAINT order_commands_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.order_events
    ADD CONSTRAINT order_events_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.order_lines
    ADD CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.order_steps
    ADD CONSTRAINT order_steps_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.payments
    ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.photo_sizes
    ADD CONSTRAINT photo_sizes_photo_id_fkey FOREIGN KEY (photo_id) REFERENCES public.photos(id);

ALTER TABLE ONLY public.postings
    ADD CONSTRAINT postings_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT reservations_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT reservations_sku_warehouse_fkey FOREIGN KEY (sku, warehouse) REFERENCES public.stock(sku, warehouse);

ALTER TABLE ONLY public.schedule_ticks
    ADD CONSTRAINT schedule_ticks_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES public.schedules(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_sku_warehouse_fkey FOREIGN KEY (sku, warehouse) REFERENCES public.stock(sku, warehouse);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_sku_fkey FOREIGN KEY (sku) REFERENCES public.products(sku);

ALTER TABLE ONLY public.summary_mails
    ADD CONSTRAINT summary_mails_summary_id_fkey FOREIGN KEY (summary_id) REFERENCES public.summaries(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.summary_sales
    ADD CONSTRAINT summary_sales_summary_id_fkey FOREIGN KEY (summary_id) REFERENCES public.summaries(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.user_mails
    ADD CONSTRAINT user_mails_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_avatar_photo_id_fkey FOREIGN KEY (avatar_photo_id) REFERENCES public.photos(id);

ALTER TABLE ONLY public.webhook_destinations
    ADD CONSTRAINT webhook_destinations_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES public.api_keys(id);
