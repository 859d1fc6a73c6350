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
    CONSTRAINT api_keys_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'::text)),
    CONSTRAINT api_keys_requests_per_second_check CHECK (((requests_per_second >= 1) AND (requests_per_second <= 1000000))),
    CONSTRAINT api_keys_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['orders:read'::text, 'orders:write'::text, 'jobs:read'::text, 'jobs:write'::text, 'ops'::text]))),
    CONSTRAINT api_keys_webhook_secret_check CHECK ((webhook_secret ~ '^whsec_'::text))
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
    CONSTRAINT outbox_kind_check CHECK ((kind = ANY (ARRAY['start_order'::text, 'signal_order'::text, 'notice'::text, 'sale'::text, 'sale_reversed'::text, 'alert'::text, 'cancel_job'::text]))),
    CONSTRAINT outbox_order CHECK (((order_id IS NOT NULL) OR (kind = ANY (ARRAY['alert'::text, 'cancel_job'::text]))))
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

ALTER TABLE public.stock_movements ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.stock_movements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.activity_attempts
    ADD CONSTRAINT activity_attempts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_key_secrets
    ADD CONSTRAINT api_key_secrets_pkey PRIMARY KEY (prefix);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key);

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

CREATE INDEX activity_attempts_order ON public.activity_attempts USING btree (order_id, started_at);

CREATE INDEX api_key_secrets_key ON public.api_key_secrets USING btree (key_id);

CREATE UNIQUE INDEX api_keys_name ON public.api_keys USING btree (name) WHERE (revoked_at IS NULL);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

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

CREATE INDEX provider_events_order ON public.provider_events USING btree (order_id, received_at);

CREATE INDEX reconciler_findings_age ON public.reconciler_findings USING btree (found_at);

CREATE UNIQUE INDEX reconciler_findings_open ON public.reconciler_findings USING btree (kind, subject) WHERE (closed_at IS NULL);

CREATE INDEX reconciler_findings_order ON public.reconciler_findings USING btree (order_id, found_at);

CREATE INDEX reconciler_findings_subject ON public.reconciler_findings USING btree (kind, subject, found_at);

CREATE INDEX reservations_stock ON public.reservations USING btree (sku, warehouse);

CREATE INDEX sales_day ON public.sales USING btree (sold_at);

CREATE INDEX shipments_on_the_way ON public.shipments USING btree (updated_at) WHERE ((tracking_code IS NOT NULL) AND (delivered_at IS NULL) AND (label_refund IS NULL));

CREATE INDEX shipments_refund_under_way ON public.shipments USING btree (carrier_checked_at) WHERE (label_refund = 'submitted'::text);

CREATE INDEX shipments_tracking ON public.shipments USING btree (tracking_code);

CREATE UNIQUE INDEX stock_movements_shipped_once ON public.stock_movements USING btree (order_id, sku, warehouse) WHERE (kind = 'shipped'::text);

CREATE INDEX stock_movements_stock ON public.stock_movements USING btree (sku, warehouse);

CREATE TRIGGER orders_transition BEFORE UPDATE OF status ON public.orders FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION public.check_order_transition();

CREATE CONSTRAINT TRIGGER postings_balance AFTER INSERT OR UPDATE ON public.postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.check_entry_balances();

ALTER TABLE ONLY public.api_key_secrets
    ADD CONSTRAINT api_key_secrets_key_id_fkey FOREIGN KEY (key_id) REFERENCES public.api_keys(id);

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

ALTER TABLE ONLY public.postings
    ADD CONSTRAINT postings_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT reservations_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.reservations
    ADD CONSTRAINT reservations_sku_warehouse_fkey FOREIGN KEY (sku, warehouse) REFERENCES public.stock(sku, warehouse);

ALTER TABLE ONLY public.shipments
    ADD CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_sku_warehouse_fkey FOREIGN KEY (sku, warehouse) REFERENCES public.stock(sku, warehouse);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_sku_fkey FOREIGN KEY (sku) REFERENCES public.products(sku);

-- Background work. The backlog is here and not in Temporal: a row is a job, and Temporal holds only those that run.
create table jobs (
  id uuid primary key,
  -- Tells jobs apart that are due at the same moment.
  position bigint generated always as identity,
  type text not null check (type ~ '^[a-z][a-z0-9-]{0,63}$'),
  -- scheduled: not due yet. blocked: another job of its ordering key goes first. ready: may be dispatched.
  -- dispatched: handed to Temporal, no attempt has begun. running: between the first attempt's start and the end.
  status text not null check (status in
    ('scheduled', 'blocked', 'ready', 'dispatched', 'running', 'completed', 'failed', 'cancelled', 'dead')),
  input jsonb not null,
  priority smallint not null default 0 check (priority between -100 and 100),
  ordering_key text check (length(ordering_key) between 1 and 200),
  unique_key text check (length(unique_key) between 1 and 200),
  -- The unique key for as long as it keeps others out: until the job has ended, or for ever.
  unique_slot text,
  unique_for_ever boolean not null default false,
  run_at timestamptz not null default clock_timestamp(),
  -- Not worth beginning after that.
  expires_at timestamptz,
  -- Asked for by whom; the key's id where an API key asked, which signs the callback.
  requested_by text not null,
  api_key_id uuid references api_keys (id),
  callback_url text,
  trace_parent text,

  -- Which run of Temporal's counts: one number for each time it is taken out of the queue, part of the workflow's id.
  dispatch integer not null default 0,
  -- While it is dispatched: when somebody else may hand it to Temporal again.
  leased_until timestamptz,
  -- Whether it counts against its type's concurrency: from its dispatch on, but not while it waits for its next attempt.
  holds_slot boolean not null default false,
  -- One round from acceptance, and one more for each retry that somebody asked for. Attempts are counted in the round.
  round integer not null default 1,
  attempts integer not null default 0,
  -- The attempt that is under way, if one is.
  attempt_started_at timestamptz,
  attempt_worker text,
  -- From then on it is dead, whatever it does.
  deadline_at timestamptz,
  cancel_requested_at timestamptz,

  progress_percent real check (progress_percent between 0 and 100),
  progress_message text check (length(progress_message) <= 500),
  -- What the next attempt goes on from.
  checkpoint jsonb,

  result jsonb,
  -- A file in the object store, and until when it is there.
  file_key text,
  file_name text,
  file_media_type text,
  file_bytes bigint,
  file_expires_at timestamptz,
  error_type text,
  error_detail text,

  last_event_number integer not null default 0,
  enqueued_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default clock_timestamp(),

  check ((status in ('completed', 'failed', 'cancelled', 'dead')) = (finished_at is not null)),
  check ((status in ('failed', 'dead')) = (error_type is not null)),
  check ((error_type is null) = (error_detail is null)),
  check (status <> 'cancelled' or cancel_requested_at is not null),
  check (attempt_started_at is null or status = 'running'),
  check (not holds_slot or status in ('dispatched', 'running')),
  check (num_nulls(file_key, file_name, file_media_type, file_bytes, file_expires_at) in (0, 5))
) with (fillfactor = 70);

-- The queue of a type.
create index jobs_ready on jobs (type, priority desc, run_at, position) where status = 'ready';
create index jobs_scheduled on jobs (run_at) where status = 'scheduled';
create index jobs_active on jobs (type, leased_until) where status in ('dispatched', 'running');
create index jobs_expiring on jobs (expires_at)
  where expires_at is not null and status in ('scheduled', 'blocked', 'ready');
-- Of an ordering key one job at a time is out of its line.
create unique index jobs_one_per_key on jobs (ordering_key)
  where ordering_key is not null and status in ('ready', 'dispatched', 'running');
create index jobs_blocked on jobs (ordering_key, run_at, position) where status = 'blocked';
create unique index jobs_unique on jobs (type, unique_slot) where unique_slot is not null;
-- Ids sort by time, so lists need no other order.
create index jobs_type on jobs (type, id);
create index jobs_gone_wrong on jobs (status, id) where status in ('failed', 'dead', 'cancelled');

create function check_job_transition() returns trigger language plpgsql as $$
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
create trigger jobs_transition before update of status on jobs
  for each row when (old.status is distinct from new.status) execute function check_job_transition();

-- What happened to a job, numbered per job under its row lock.
create table job_events (
  job_id uuid not null references jobs (id) on delete cascade,
  number integer not null,
  type text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (job_id, number)
);

-- Attempts that did not succeed. A job's row tells of the one that is under way, and of the one that did.
create table job_attempts (
  job_id uuid not null references jobs (id) on delete cascade,
  round integer not null,
  attempt integer not null,
  outcome text not null check (outcome in ('failed', 'refused', 'cancelled', 'lost', 'timed_out')),
  error_type text not null,
  error_detail text not null,
  worker text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null default clock_timestamp(),
  primary key (job_id, round, attempt)
);

-- Who asked for what, and why; written in the transaction that accepts it.
create table job_commands (
  id uuid primary key,
  job_id uuid not null references jobs (id) on delete cascade,
  kind text not null check (kind in ('cancel', 'retry')),
  requested_by text not null,
  reason text,
  bulk_operation_id uuid,
  created_at timestamptz not null default clock_timestamp()
);
create index job_commands_job on job_commands (job_id, created_at);

-- Kinds of jobs that somebody has paused, and those with a limit on how many run at once: its row is the lock under which
-- their slots are counted.
create table job_types (
  name text primary key,
  paused_at timestamptz,
  paused_by text,
  pause_reason text,
  check ((paused_at is null) = (paused_by is null))
);

-- Commands on many at once: counted first, then carried out on exactly those that were counted.
create table bulk_operations (
  id uuid primary key,
  action text not null check (action in ('retry', 'cancel')),
  subject text not null check (subject in ('jobs', 'orders')),
  filter jsonb not null,
  requested_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  confirmed_by text,
  confirmed_at timestamptz,
  check ((confirmed_at is null) = (confirmed_by is null))
);
create index bulk_operations_age on bulk_operations (created_at);

create table bulk_operation_items (
  operation_id uuid not null references bulk_operations (id) on delete cascade,
  subject_id uuid not null,
  -- Null until it is carried out.
  outcome text check (outcome in ('accepted', 'refused')),
  detail text,
  primary key (operation_id, subject_id)
);
create index bulk_operation_items_left on bulk_operation_items (operation_id) where outcome is null;
