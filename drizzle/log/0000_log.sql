CREATE TABLE `commands` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` blob NOT NULL,
	`name` integer NOT NULL,
	`fingerprint` blob NOT NULL,
	`actor` text NOT NULL,
	`issued_at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`correlation_id` text,
	`causation_id` text,
	`position` integer NOT NULL,
	`result` text,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `commands_id_unique` ON `commands` (`id`);--> statement-breakpoint
CREATE TABLE `event_tags` (
	`tag` integer NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`tag`, `position`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`type` integer NOT NULL,
	`version` integer NOT NULL,
	`command` integer NOT NULL,
	`tags` text NOT NULL,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log_identity` (
	`one` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`epoch` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `names` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `names_name_unique` ON `names` (`name`);--> statement-breakpoint
CREATE TABLE `tags` (
	`id` integer PRIMARY KEY NOT NULL,
	`tag` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tags_tag_unique` ON `tags` (`tag`);