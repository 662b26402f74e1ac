-- Unlogged: a node's word is worth nothing after a crash of the server or on a standby, and costs neither the log of the
-- database nor an fsync this way.
CREATE UNLOGGED TABLE "tidemark"."nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"version" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"heard_at" timestamp with time zone NOT NULL,
	"report" text NOT NULL
);
--> statement-breakpoint
-- A node says how it is doing, and is told of all that were heard of lately, by this server's clock, the newest first.
-- Those that have been silent for too long are forgotten, and so are silent ones whose URL another node has by now.
CREATE FUNCTION tidemark.announce_node(
  node uuid, node_name text, node_url text, node_version text, uptime_ms float8, node_report text,
  silent_ms float8, forgotten_ms float8, nodes_max integer
) RETURNS TABLE (id uuid, name text, url text, version text, started_at bigint, heard_at bigint, silent_for bigint, report text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  this_moment timestamptz := clock_timestamp();
BEGIN
  DELETE FROM tidemark.nodes AS gone
  WHERE gone.id <> node AND (
    gone.heard_at < this_moment - make_interval(secs => forgotten_ms / 1000)
    OR (gone.url = node_url AND gone.heard_at < this_moment - make_interval(secs => silent_ms / 1000)));
  INSERT INTO tidemark.nodes AS known (id, name, url, version, started_at, heard_at, report)
  VALUES (node, node_name, node_url, node_version, this_moment - make_interval(secs => uptime_ms / 1000),
    this_moment, node_report)
  ON CONFLICT (id) DO UPDATE SET heard_at = excluded.heard_at, report = excluded.report;
  RETURN QUERY
    SELECT heard.id, heard.name, heard.url, heard.version,
      floor(extract(epoch FROM heard.started_at) * 1000)::bigint,
      floor(extract(epoch FROM heard.heard_at) * 1000)::bigint,
      greatest(0, floor(extract(epoch FROM this_moment - heard.heard_at) * 1000))::bigint,
      heard.report
    FROM tidemark.nodes AS heard ORDER BY heard.heard_at DESC LIMIT nodes_max;
END $$;
