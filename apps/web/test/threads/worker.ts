import { multiplyOnThreads } from './product.js';

const report = await multiplyOnThreads(2).catch((error: Error) => ({ error: error.message }));
(self as unknown as { postMessage(report: unknown): void }).postMessage(report);
