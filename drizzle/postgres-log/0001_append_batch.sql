-- The appends of one node that were waiting, in one call. Each element of the first arrays is an append; the arrays of
-- events say with `event_owner` whose they are. Answers one row for each append, in order:
--   kind 0 appended, 1 duplicate, 2 conflict, 3 judge it again: it depends on an append before it in this call.
CREATE FUNCTION tidemark.append_batch(
  of_log uuid, of_epoch bigint,
  ids uuid[], names text[], actors text[], issued bigint[], correlations text[], causations text[],
  fingerprints uuid[], results text[], counts integer[], dependents boolean[], afters bigint[], boundaries jsonb[],
  event_owners integer[], event_indexes integer[], event_types text[], event_versions bigint[], event_tags text[],
  event_data text[]
) RETURNS TABLE (kind smallint, at_position bigint, stored_fingerprint uuid, stored_result text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  found_head tidemark.log_head;
  kinds smallint[];
  places bigint[];
  firsts bigint[];
  prints uuid[];
  answers text[];
  new_position bigint;
  now_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
BEGIN
  -- Those who wait queue here, where waiting is cheap. The row's lock below is what keeps two from writing at once.
  PERFORM pg_advisory_xact_lock(1953063013, 1);
  -- Statements of their own: each sees what was committed before it, so what is checked below is checked under the lock.
  SELECT * INTO found_head FROM tidemark.log_head FOR UPDATE;
  IF found_head.log_id IS DISTINCT FROM of_log OR found_head.epoch IS DISTINCT FROM of_epoch THEN
    RAISE EXCEPTION 'This is another log, or it was restored.' USING ERRCODE = 'TM001';
  END IF;

  SELECT array_agg(kind ORDER BY ord), array_agg(coalesce(stored, conflicting, running) ORDER BY ord),
    array_agg(CASE kind WHEN 0 THEN running - events ELSE -1 END ORDER BY ord),
    array_agg(print ORDER BY ord), array_agg(answer ORDER BY ord), max(running)
  INTO kinds, places, firsts, prints, answers, new_position
  FROM (
    SELECT *, found_head.position + sum(CASE kind WHEN 0 THEN events ELSE 0 END) OVER (ORDER BY ord) AS running
    FROM (
      SELECT given.ord, given.events, command.position AS stored, command.fingerprint AS print,
        command.result AS answer, newest.position AS conflicting,
        (CASE WHEN command.position IS NOT NULL THEN 1 WHEN newest.position IS NOT NULL THEN 2
          WHEN given.dependent THEN 3 ELSE 0 END)::smallint AS kind
      FROM unnest(ids, counts, dependents, afters, boundaries)
        WITH ORDINALITY AS given (id, events, dependent, after, boundary, ord)
      -- A LIMIT each keeps to the index, however small the tables were when this was planned.
      LEFT JOIN LATERAL (
        SELECT position, fingerprint, result FROM tidemark.log_commands WHERE id = given.id LIMIT 1
      ) AS command ON true
      LEFT JOIN LATERAL (
        SELECT max(hit.position) AS position
        FROM jsonb_array_elements(given.boundary) AS criterion
        CROSS JOIN LATERAL (
          SELECT tagged.position FROM tidemark.log_tags AS tagged
          WHERE tagged.tag = criterion ->> 'tag' AND tagged.position > given.after
            AND (NOT criterion ? 'tags' OR EXISTS (
              SELECT FROM tidemark.log_events AS event
              WHERE event.position = tagged.position AND event.tags @> (criterion ->> 'tags')::text[]
                AND (NOT criterion ? 'types' OR event.type = ANY ((criterion ->> 'types')::text[]))))
          ORDER BY tagged.position DESC LIMIT 1
        ) AS hit
      ) AS newest ON true
    ) AS judged
  ) AS placed;

  INSERT INTO tidemark.log_commands
    (id, name, actor, issued_at, recorded_at, correlation_id, causation_id, fingerprint, position, result)
  SELECT id, name, actor, issued_at, now_ms, correlation, causation, fingerprint, places[ord], result
  FROM unnest(ids, names, actors, issued, correlations, causations, fingerprints, results)
    WITH ORDINALITY AS given (id, name, actor, issued_at, correlation, causation, fingerprint, result, ord)
  WHERE kinds[ord] = 0;

  IF new_position > found_head.position THEN
    WITH written AS (
      INSERT INTO tidemark.log_events (position, command_id, type, version, tags, data)
      SELECT firsts[owner] + index, ids[owner], type, version, tags::text[], data
      FROM unnest(event_owners, event_indexes, event_types, event_versions, event_tags, event_data)
        AS given (owner, index, type, version, tags, data)
      WHERE firsts[owner] >= 0
      RETURNING position, tags
    )
    INSERT INTO tidemark.log_tags (tag, position)
    SELECT tag, position FROM written CROSS JOIN LATERAL unnest(tags) AS carried (tag);
    UPDATE tidemark.log_head SET position = new_position;
    PERFORM pg_notify('tidemark_log', new_position::text);
  END IF;

  RETURN QUERY SELECT * FROM unnest(kinds, places, prints, answers);
END
$$;
--> statement-breakpoint
-- Operations are numbered without a gap, too, under a lock of their own.
CREATE FUNCTION tidemark.record_operation(
  of_name text, of_projection text, by_actor text, of_correlation text, at_ms bigint, of_position bigint, for_reason text
) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(1953063013, 2);
  INSERT INTO tidemark.log_operations (seq, name, projection, actor, correlation_id, at, position, reason)
  SELECT coalesce(max(seq), 0) + 1, of_name, of_projection, by_actor, of_correlation, at_ms, of_position, for_reason
  FROM tidemark.log_operations;
  PERFORM pg_notify('tidemark_operations', '');
END
$$;
