-- Runs once, when the database server is made: Temporal keeps its data beside the service's, and cannot see the latter.
create role temporal login createdb password 'temporal';
revoke connect on database order_saga from public;
