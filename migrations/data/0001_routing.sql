ALTER TABLE `inbox` ADD `path` text;--> statement-breakpoint
ALTER TABLE `inbox` ADD `query` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `policy` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `ordering_key` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `n` integer;--> statement-breakpoint
CREATE INDEX `jobs_order` ON `jobs` (`ordering_key`,`n`) WHERE ordering_key IS NOT NULL AND wake_at IS NOT NULL;