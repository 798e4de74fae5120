CREATE TABLE `rejected_requests` (
	`minute` integer NOT NULL,
	`provider` text NOT NULL,
	`slot` integer NOT NULL,
	`at` integer NOT NULL,
	`reason` text NOT NULL,
	`method` text NOT NULL,
	`ip` text,
	`headers` text NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`minute`, `provider`, `slot`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `jobs_dead` ON `jobs` (`inbox_id`) WHERE state = 'dead';