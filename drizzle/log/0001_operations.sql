CREATE TABLE `operations` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`projection` text NOT NULL,
	`actor` text NOT NULL,
	`correlation_id` text NOT NULL,
	`at` integer NOT NULL,
	`position` integer,
	`reason` text
);
