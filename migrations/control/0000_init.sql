CREATE TABLE `audit_log` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`role` text,
	`door` text NOT NULL,
	`action` text NOT NULL,
	`target` text NOT NULL,
	`reason` text,
	`intent_seq` integer,
	`before` text,
	`after` text,
	`ip` text,
	`request_id` text NOT NULL,
	`prev_hash` text NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `config_revisions` (
	`revision` integer PRIMARY KEY NOT NULL,
	`published_at` integer NOT NULL,
	`author` text NOT NULL,
	`reason` text NOT NULL,
	`content_hash` text NOT NULL,
	`snapshot` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `role_bindings` (
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`kind`, `subject`, `role`)
);
