CREATE TABLE `bulk_operations` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`filter` text NOT NULL,
	`options` text NOT NULL,
	`rate_per_second` integer NOT NULL,
	`stop_after_failures` integer,
	`reason` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`audit_seq` integer NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`total` integer NOT NULL,
	`done` integer NOT NULL,
	`skipped` integer NOT NULL,
	`failed` integer NOT NULL,
	`last_error` text,
	`position` text,
	`wake_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `provider` text;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `event_type` text;--> statement-breakpoint
ALTER TABLE `dead_letters` ADD `fingerprint` text;--> statement-breakpoint
CREATE INDEX `dead_letters_connector` ON `dead_letters` (`connector`,`died_at`) WHERE status = 'open';--> statement-breakpoint
CREATE INDEX `dead_letters_fingerprint` ON `dead_letters` (`fingerprint`,`died_at`) WHERE status = 'open';--> statement-breakpoint
ALTER TABLE `jobs` ADD `key_generation` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `bulk_id` text;