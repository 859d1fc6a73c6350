/**
 * Outlives the supervisor by a moment. The supervisor holds this process's standard input open; when that closes, the
 * supervisor has ended or was killed, and whatever its record still names is ended in order.
 *
 * Arguments: the run's record and, for a run whose data nobody needs afterwards, the directory to remove.
 */
import { rm } from 'node:fs/promises';
import { endLeftovers } from './run-record.ts';

const [recordFile, directoryToRemove] = process.argv.slice(2);
if (recordFile === undefined) throw new Error('usage: reaper.ts <record> [directory to remove]');

process.stdin.resume();
await new Promise((resolve) => process.stdin.once('close', resolve));
await endLeftovers(recordFile);
if (directoryToRemove !== undefined) await rm(directoryToRemove, { recursive: true, force: true });
