-- A block range index knows nothing of new rows until somebody looks at them; whoever asks for those reads all of them. The sealer asks
-- for what is new, so it has them looked at first, which only the owner of the index may do.
CREATE FUNCTION summarize_transactions() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT brin_summarize_new_values('transfers_by_transaction'), brin_summarize_new_values('audit_log_by_transaction');
$$;
REVOKE ALL ON FUNCTION summarize_transactions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION summarize_transactions() TO waybill_app;
