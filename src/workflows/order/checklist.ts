import { setCurrentDetails } from '@temporalio/workflow';
import type { RefusalType } from '../../domain/failures.ts';
import type { SagaObserver, Step } from '../saga.ts';

type State = 'open' | 'running' | 'done' | 'refused' | 'undoing' | 'undone';

const marks: Record<State, string> = {
  open: '◻️',
  running: '⏳',
  done: '✅',
  refused: '⛔',
  undoing: '↩️ undoing',
  undone: '↩️ undone',
};

interface Item {
  title: string;
  state: State;
  note: string;
}

/** The run as a checklist in the Web UI's current details, so that nobody has to open an event to see where it stands. */
export class Checklist implements SagaObserver {
  readonly #items = new Map<string, Item>();
  #attention = '';
  #outcome = '';

  constructor(plan: readonly { name: string; title: string }[]) {
    for (const { name, title } of plan) this.#items.set(name, { title, state: 'open', note: '' });
    this.#show();
  }

  running(step: Step<unknown>): void {
    this.mark(step.name, 'running');
  }

  done(step: Step<unknown>): void {
    this.passed(step.name);
  }

  /** Done as of now; what is done already keeps its time. */
  passed(name: string): void {
    if (this.#items.get(name)?.state !== 'done') this.mark(name, 'done', timeOfDay());
  }

  refused(step: Step<unknown>, type: RefusalType): void {
    this.mark(step.name, 'refused', type);
  }

  undoing(step: Step<unknown>): void {
    this.mark(step.name, 'undoing');
  }

  undone(step: Step<unknown>): void {
    this.mark(step.name, 'undone', timeOfDay());
  }

  mark(name: string, state: State, note = ''): void {
    const item = this.#items.get(name);
    if (!item) throw new Error(`${name} is not on the checklist`);
    item.state = state;
    item.note = note;
    this.#show();
  }

  needsAttention(step: string, reason: string): void {
    this.#attention = `**Needs attention:** ${step} (${reason}), since ${timeOfDay()}`;
    this.#show();
  }

  attended(): void {
    this.#attention = '';
    this.#show();
  }

  /** `reason` is the type of the failure, where there is one. */
  ended(status: string, reason: string | null): void {
    this.#outcome = `**${status}**${reason ? ` (${reason})` : ''} at ${timeOfDay()}`;
    this.#show();
  }

  #show(): void {
    const lines = [...this.#items.values()].map(
      ({ title, state, note }) => `- ${marks[state]} ${title}${note ? ` · ${note}` : ''}`,
    );
    setCurrentDetails([this.#outcome, this.#attention, lines.join('\n')].filter(Boolean).join('\n\n'));
  }
}

/** The workflow's clock, to the second, in UTC. */
function timeOfDay(): string {
  return `${new Date().toISOString().slice(11, 19)} UTC`;
}
