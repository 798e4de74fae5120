CREATE TABLE `idempotency_keys` (
	`client` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`state` text NOT NULL,
	`owner` text NOT NULL,
	`request_id` text NOT NULL,
	`locked_until` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`answer` text,
	PRIMARY KEY(`client`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
DROP INDEX `jobs_order`;--> statement-breakpoint
ALTER TABLE `jobs` ADD `client` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `callback` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `result_ttl_ms` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `input_key` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `on_death` text;--> statement-breakpoint
CREATE INDEX `jobs_client` ON `jobs` (`client`,`id`) WHERE client IS NOT NULL;--> statement-breakpoint
CREATE INDEX `jobs_order` ON `jobs` (`ordering_key`,`n`) WHERE ordering_key IS NOT NULL AND (wake_at IS NOT NULL OR (state = 'dead' AND on_death = 'block'));