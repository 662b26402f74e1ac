CREATE TABLE `customers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`order_count` integer NOT NULL,
	`lifetime_value` text NOT NULL,
	`first_order_at` integer,
	`last_order_at` integer,
	`last_order_id` text,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `customers_name` ON `customers` (`name`,`id`);--> statement-breakpoint
CREATE INDEX `customers_order_count` ON `customers` (`order_count`,`id`);