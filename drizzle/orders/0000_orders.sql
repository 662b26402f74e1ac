CREATE TABLE `order_history` (
	`order_id` text NOT NULL,
	`position` integer NOT NULL,
	`type` text NOT NULL,
	`at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`actor` text NOT NULL,
	`command_id` text NOT NULL,
	`summary` text NOT NULL,
	PRIMARY KEY(`order_id`, `position`)
);
--> statement-breakpoint
CREATE TABLE `orders` (
	`id` text PRIMARY KEY NOT NULL,
	`reference` text,
	`status` text NOT NULL,
	`customer_id` text NOT NULL,
	`currency_code` text NOT NULL,
	`items` text NOT NULL,
	`shipping_address` text NOT NULL,
	`subtotal` integer NOT NULL,
	`discount` integer NOT NULL,
	`freight` integer NOT NULL,
	`total` integer NOT NULL,
	`created_at` integer NOT NULL,
	`placed_at` integer,
	`paid_at` integer,
	`shipped_at` integer,
	`delivered_at` integer,
	`cancelled_at` integer,
	`payment_reference` text,
	`carrier` text,
	`tracking_number` text,
	`cancel_reason` text,
	`position` integer NOT NULL,
	`degraded` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `orders_created` ON `orders` (`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_placed` ON `orders` (CASE WHEN placed_at IS NULL THEN 0 ELSE placed_at END,`id`);--> statement-breakpoint
CREATE INDEX `orders_changed` ON `orders` (`position`,`id`);--> statement-breakpoint
CREATE INDEX `orders_total` ON `orders` (`total`,`id`);--> statement-breakpoint
CREATE INDEX `orders_status` ON `orders` (`status`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_customer` ON `orders` (`customer_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `orders_reference` ON `orders` (`reference`);