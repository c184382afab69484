/** The worker of a pool whose tasks may ask for the end of their thread. */
import scanWorker from '../../dist/engine/workers/scan-worker.js';

export default async function failingWorker(message) {
  const { task } = message;
  switch (task.end) {
    case 'exit':
      return process.exit(3);
    case 'memory': {
      const held = [];
      for (;;) held.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
    }
    case 'uncaught':
      setTimeout(() => {
        throw new Error('planted');
      });
      return new Promise(() => undefined);
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, task.ms));
      return scanWorker({ ...message, task: { shape: task.shape, slices: [] } });
    default:
      return scanWorker(message);
  }
}
