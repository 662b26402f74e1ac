CREATE TABLE `sales_by_day` (
	`dimension` text NOT NULL,
	`key` text NOT NULL,
	`day` text NOT NULL,
	`currency_code` text NOT NULL,
	`orders` integer NOT NULL,
	`quantity` integer NOT NULL,
	`gross` integer NOT NULL,
	`discount` integer NOT NULL,
	`freight` integer NOT NULL,
	PRIMARY KEY(`dimension`, `key`, `day`, `currency_code`)
);
--> statement-breakpoint
CREATE TABLE `sales_labels` (
	`dimension` text NOT NULL,
	`key` text NOT NULL,
	`label` text NOT NULL,
	PRIMARY KEY(`dimension`, `key`)
);
--> statement-breakpoint
CREATE TABLE `sales_orders` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`recipient` text NOT NULL,
	`country` text NOT NULL,
	`currency_code` text NOT NULL,
	`lines` text NOT NULL,
	`freight` integer NOT NULL,
	`day` text
);
--> statement-breakpoint
CREATE INDEX `sales_orders_customer` ON `sales_orders` (`customer_id`,`day`);