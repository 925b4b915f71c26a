import { parentPort, workerData } from 'node:worker_threads';
import { type MemberOrder, serve } from './member.js';

serve(workerData as MemberOrder, () => parentPort?.postMessage('ready'));
