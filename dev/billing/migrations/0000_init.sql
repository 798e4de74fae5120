CREATE TABLE `subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`status` text NOT NULL,
	`updated_at` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`key` text PRIMARY KEY NOT NULL,
	`call_id` text NOT NULL,
	`request` text NOT NULL,
	`answer` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `calls` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`idempotency_key` text,
	`effect` text NOT NULL,
	`status` integer
);
--> statement-breakpoint
CREATE TABLE `behaviour` (
	`id` integer PRIMARY KEY CHECK (`id` = 1),
	`settings` text NOT NULL,
	`calls` integer NOT NULL
);
