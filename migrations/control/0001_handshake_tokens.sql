CREATE TABLE `handshake_tokens` (
	`provider` text PRIMARY KEY NOT NULL,
	`iv` text NOT NULL,
	`ciphertext` text NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;