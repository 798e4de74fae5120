#!/usr/bin/env node
process.stdout.write('orc\n')
