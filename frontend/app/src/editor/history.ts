import Quill, { type Delta } from 'quill/core';
import Module from 'quill/core/module';
import { getLastChangeIndex } from 'quill/modules/history';
import { moved, type Place, type Step, UndoStack, type Way } from './undo-stack';

/**
 * Undo and redo, in place of Quill's own. A replayed step is recorded as what it did, not as what it asked for, and any other change
 * during the replay is recorded too. Quill misses both, and misplaces every step from then on.
 */
export class QuireHistory extends Module {
  private readonly stack = new UndoStack();
  private place: Place | null = null;
  private replaying: { way: Way; step: Step } | null = null;

  constructor(quill: Quill, options: object) {
    super(quill, options);
    quill.on(Quill.events.EDITOR_CHANGE, (...args: unknown[]) => {
      const [event, now, before, source] = args;
      if (event === Quill.events.TEXT_CHANGE)
        this.changed(now as Delta, before as Delta, source === Quill.sources.USER);
      else if (now && source !== Quill.sources.SILENT) this.place = now as Place;
    });
    // Undo from the browser's menu, or by shaking a phone.
    quill.root.addEventListener('beforeinput', (event) => {
      if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return;
      event.preventDefault();
      if (event.inputType === 'historyUndo') this.undo();
      else this.redo();
    });
  }

  get canUndo(): boolean {
    return this.stack.has('undo');
  }

  get canRedo(): boolean {
    return this.stack.has('redo');
  }

  undo(): void {
    this.replay('undo');
  }

  redo(): void {
    this.replay('redo');
  }

  /** Makes the next change a step of its own. */
  cutoff(): void {
    this.stack.cutoff();
  }

  clear(): void {
    this.stack.clear();
  }

  private changed(change: Delta, before: Delta, own: boolean): void {
    const { replaying } = this;
    this.replaying = null;
    if (!own) this.stack.others(change);
    else if (replaying) this.stack.replayed(replaying.way, replaying.step, change, before);
    else this.stack.record(change, before, this.place, Date.now());
    this.place = moved(this.place, change);
  }

  private replay(way: Way): void {
    if (!this.quill.isEnabled()) return;
    const step = this.stack.take(way);
    if (!step) return;
    this.replaying = { way, step };
    this.quill.updateContents(step.delta, Quill.sources.USER);
    this.replaying = null;
    if (step.place) this.quill.setSelection(step.place.index, step.place.length, Quill.sources.USER);
    else this.quill.setSelection(getLastChangeIndex(this.quill.scroll, step.delta), Quill.sources.USER);
  }
}

/** Returns the editor's history, which Quill's types take for Quill's own module. */
export function historyOf(quill: Quill): QuireHistory {
  return quill.history as unknown as QuireHistory;
}
