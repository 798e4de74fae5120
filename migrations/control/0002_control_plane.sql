CREATE TABLE `cursors` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `impersonations` (
	`id` text PRIMARY KEY NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`acting_as` text NOT NULL,
	`reason` text NOT NULL,
	`started_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `impersonations_actor` ON `impersonations` (`actor_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `last_uses` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`which` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`kind`, `id`, `which`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `open_intents` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `refused_callers` (
	`minute` integer NOT NULL,
	`slot` integer NOT NULL,
	`at` integer NOT NULL,
	`reason` text NOT NULL,
	`method` text NOT NULL,
	`path` text NOT NULL,
	`ip` text,
	`count` integer NOT NULL,
	PRIMARY KEY(`minute`, `slot`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `audit_log` ADD `v` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `ray` text;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `impersonation` text;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `acting_as` text;--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor_id`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_action` ON `audit_log` (`action`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_target` ON `audit_log` (`target`,`seq`);--> statement-breakpoint
ALTER TABLE `role_bindings` ADD `created_by` text;