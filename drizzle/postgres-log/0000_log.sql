CREATE SCHEMA IF NOT EXISTS "tidemark";
--> statement-breakpoint
CREATE TABLE "tidemark"."log_commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"actor" text NOT NULL,
	"issued_at" bigint NOT NULL,
	"recorded_at" bigint NOT NULL,
	"correlation_id" text,
	"causation_id" text,
	"fingerprint" uuid NOT NULL,
	"position" bigint NOT NULL,
	"result" text
);
--> statement-breakpoint
CREATE TABLE "tidemark"."log_events" (
	"position" bigint PRIMARY KEY NOT NULL,
	"command_id" uuid NOT NULL,
	"type" text NOT NULL,
	"version" bigint NOT NULL,
	"tags" text[] NOT NULL,
	"data" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tidemark"."log_head" (
	"one" smallint PRIMARY KEY NOT NULL,
	"log_id" uuid NOT NULL,
	"epoch" bigint NOT NULL,
	"position" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "log_head_one" CHECK ("tidemark"."log_head"."one" = 1)
) WITH (fillfactor = 50);
--> statement-breakpoint
CREATE TABLE "tidemark"."log_operations" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"projection" text NOT NULL,
	"actor" text NOT NULL,
	"correlation_id" text NOT NULL,
	"at" bigint NOT NULL,
	"position" bigint,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "tidemark"."log_tags" (
	"tag" text COLLATE "C" NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "log_tags_tag_position_pk" PRIMARY KEY("tag","position")
);
