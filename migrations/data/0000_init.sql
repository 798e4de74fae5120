CREATE TABLE `dead_letters` (
	`job_id` text NOT NULL,
	`generation` integer NOT NULL,
	`class` text NOT NULL,
	`queue` text NOT NULL,
	`inbox_id` text,
	`connector` text,
	`operation` text,
	`error` text NOT NULL,
	`attempts` integer NOT NULL,
	`died_at` integer NOT NULL,
	`status` text NOT NULL,
	`closed_at` integer,
	`message` text,
	PRIMARY KEY(`job_id`, `generation`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `dead_letters_died` ON `dead_letters` (`died_at`);--> statement-breakpoint
CREATE INDEX `dead_letters_open` ON `dead_letters` (`died_at`) WHERE status = 'open';--> statement-breakpoint
CREATE TABLE `dedupe` (
	`provider` text NOT NULL,
	`key` text NOT NULL,
	`inbox_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`provider`, `key`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`provider` text,
	`connector` text,
	`inbox_id` text,
	`job_id` text,
	`trace` text,
	`failed` integer,
	`attempt` text,
	`events` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_failed` ON `events` (`connector`,`seq`) WHERE failed = 1;--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`dedupe_key` text NOT NULL,
	`event_id` text,
	`type` text,
	`status` text NOT NULL,
	`received_at` integer NOT NULL,
	`headers` text NOT NULL,
	`content_type` text,
	`body_size` integer NOT NULL,
	`body_encoding` text NOT NULL,
	`body` text NOT NULL,
	`verification` text NOT NULL,
	`trace` text NOT NULL,
	`config_revision` integer NOT NULL,
	`log` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`generation` integer NOT NULL,
	`queue` text NOT NULL,
	`inbox_id` text,
	`provider` text,
	`route` text,
	`connector` text NOT NULL,
	`operation` text NOT NULL,
	`input` text,
	`config_revision` integer NOT NULL,
	`attempts` integer NOT NULL,
	`lost_leases` integer NOT NULL,
	`native_deaths` integer NOT NULL,
	`token` text,
	`lease_until` integer,
	`due_at` integer NOT NULL,
	`wake_at` integer,
	`resends` integer NOT NULL,
	`first_started_at` integer,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	`last_error` text,
	`result` text,
	`trace` text NOT NULL,
	`log` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `jobs_wake` ON `jobs` (`queue`,`wake_at`) WHERE wake_at IS NOT NULL;
--> statement-breakpoint
CREATE VIEW `request_log` AS
SELECT seq, at, connector, job_id, inbox_id, trace, failed,
	attempt ->> '$.attempt' AS attempt,
	attempt ->> '$.generation' AS generation,
	attempt ->> '$.method' AS method,
	attempt ->> '$.url' AS url,
	attempt ->> '$.outcome' AS outcome,
	attempt ->> '$.status' AS status,
	attempt ->> '$.durationMs' AS duration_ms,
	attempt ->> '$.idempotencyKey' AS idempotency_key,
	attempt ->> '$.error' AS error
FROM events WHERE kind = 'attempt';
--> statement-breakpoint
CREATE VIEW `event_log` AS
SELECT e.seq, j.key AS place, e.at, j.value ->> '$.type' AS type, e.provider, e.connector, e.inbox_id,
	coalesce(j.value ->> '$.jobId', e.job_id) AS job_id, e.trace, j.value -> '$.data' AS data
FROM events AS e, json_each(e.events) AS j;
