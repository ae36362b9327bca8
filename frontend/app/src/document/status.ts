import type { DocumentSnapshot, DocumentState, Parked, Role } from '@quire/client';
import { firstName } from '../people';
import { clock, count, untitled } from '../words';

/** How the one state looks and what it says (ui.md §6, §7), in one place, so that chip, banner, title and screen reader agree. */

export type ChipLook = 'opening' | 'saved' | 'saving' | 'offline' | 'read-only' | 'error';

export interface Chip {
  look: ChipLook;
  text: string;
  /** On phones. */
  short: string;
}

export function chipOf(state: DocumentState, loaded: boolean): Chip {
  if (!loaded && state.kind !== 'offline' && state.kind !== 'error') return same('opening', 'Opening…');
  switch (state.kind) {
    case 'loading':
      return same('opening', 'Opening…');
    case 'saved':
      return same('saved', 'Saved');
    case 'saving':
      return same('saving', 'Saving…');
    case 'offline':
      // A restarting server is back in seconds: what is typed meanwhile counts as being saved, only slowly.
      if (state.reason === 'restarting')
        return state.edits > 0 ? same('saving', 'Saving…') : same('opening', 'Reconnecting…');
      return state.edits === 0
        ? { look: 'offline', text: 'Offline · nothing waiting', short: 'Offline' }
        : {
            look: 'offline',
            text: `Offline · ${count(state.edits, 'edit')} kept here`,
            short: `Offline · ${state.edits.toLocaleString('en')} kept here`,
          };
    case 'read-only':
      return same('read-only', 'Read-only');
    case 'error':
      if (!nothingLost(state)) return same('error', 'Not saved');
      if (isSignedOut(state)) return same('offline', 'Signed out');
      return same(state.reason === 'no-upgrade' ? 'error' : 'offline', 'Not connected');
  }
}

/** Without unsent edits nothing can be lost: only the connection is at fault. */
function nothingLost(state: DocumentState): boolean {
  return state.kind === 'error' && state.edits === 0 && state.reason !== 'unavailable' && state.reason !== 'not-kept';
}

function isSignedOut(state: DocumentState): boolean {
  return state.kind === 'error' && (state.reason === 'signed-out' || state.reason === 'refused');
}

function same(look: ChipLook, text: string): Chip {
  return { look, text, short: text };
}

export function tabTitle(state: DocumentState, title: string): string {
  const name = title || untitled;
  if (state.kind === 'error' && !nothingLost(state)) return `! ${name}`;
  if (state.kind === 'offline' && state.edits > 0) return `(${state.edits}) ${name}`;
  return name;
}

export type BannerAction = 'try-now' | 'copy' | 'download' | 'see' | 'sign-in' | 'reload' | 'ask';

export interface Banner {
  kind: 'error' | 'parked' | 'read-only' | 'offline' | 'restarting';
  tone: 'red' | 'amber' | 'grey' | 'blue';
  /** Shown in bold. */
  lead: string;
  text: string;
  actions: BannerAction[];
}

/** What decides which banner is shown, in addition to the state as it is shown. */
export interface Circumstances {
  parked: readonly Parked[];
  roleChange: DocumentSnapshot['roleChange'];
  /** There has been no connection for 10 s. */
  longOffline: boolean;
  /** Whether to tell this reader that they lost a right; not if they never had it. */
  role: Role;
  /** Only somebody with an account can ask for a role. */
  mayAsk: boolean;
}

const canWrite = (role: Role) => role === 'editor' || role === 'owner';

/** Returns at most one banner, the first of: error, parked, read-only, offline, restarting. */
export function bannerOf(state: DocumentState, facts: Circumstances): Banner | null {
  return (
    errorBanner(state) ??
    parkedBanner(facts) ??
    readOnlyBanner(facts) ??
    offlineBanner(state, facts) ??
    restartingBanner(state)
  );
}

function errorBanner(state: DocumentState): Banner | null {
  if (state.kind !== 'error') return null;
  const red = { kind: 'error', tone: 'red' } as const;
  const kept = state.kept === 'device' ? 'on this device' : 'in this tab only';
  const text: BannerAction[] = ['copy', 'download'];
  switch (state.reason) {
    case 'unavailable':
      return {
        ...red,
        lead: 'Not saved.',
        text: `The server can’t use its database at the moment. ${keptSentence(state.edits, kept)}; we keep trying.`,
        actions: text,
      };
    case 'not-kept':
      return {
        ...red,
        lead: 'This browser can’t keep unsent edits.',
        text: 'Stay on this page while you’re offline, or copy your text.',
        actions: ['copy'],
      };
    case 'no-upgrade':
      return {
        ...red,
        lead: 'The live connection is blocked.',
        text: `The server answers, but no WebSocket reaches it. Most often a proxy in between does not pass the Upgrade header on; whoever runs this server finds it in its log. ${state.edits > 0 ? `${keptSentence(state.edits, kept)}; we keep trying.` : 'We keep trying.'}`,
        actions: state.edits > 0 ? ['try-now', ...text] : ['try-now'],
      };
    case 'refused':
    case 'signed-out':
      return {
        ...red,
        tone: state.edits > 0 ? 'red' : 'amber',
        lead: 'You’ve been signed out.',
        text:
          state.edits > 0
            ? `Sign in again and your ${count(state.edits, 'unsent edit')} will be sent.`
            : 'Sign in again to go on writing.',
        actions: ['sign-in'],
      };
    case 'protocol':
      return {
        ...red,
        lead: 'Quire was updated.',
        text: state.edits > 0 ? 'Reload the page; your unsent edits are kept.' : 'Reload the page to go on.',
        actions: ['reload', ...(state.edits > 0 ? (['copy'] as const) : [])],
      };
    case 'replaced':
      return {
        ...red,
        lead: 'Another tab took over.',
        text: 'Reload the page; what you wrote is kept.',
        actions: ['reload', 'copy'],
      };
    case 'gone':
      return null; // has a page of its own
  }
}

function keptSentence(edits: number, where: string): string {
  if (edits === 0) return `Your next edits are kept ${where}`;
  return `${count(edits, 'edit')} ${edits === 1 ? 'is' : 'are'} kept ${where}`;
}

function parkedBanner({ parked, role, roleChange }: Circumstances): Banner | null {
  const newest = parked[0];
  if (!newest) return null;
  const edits = parked.reduce((sum, one) => sum + Math.max(1, one.edits), 0);
  const actions: BannerAction[] = ['see', 'copy', 'download'];
  const lost = roleChange && !canWrite(role) ? ` ${lostRight(roleChange.to)}` : '';
  if (newest.reason === 'too-large')
    return {
      kind: 'parked',
      tone: 'amber',
      lead: 'This document has reached its limit.',
      text: 'What didn’t fit is kept for you.',
      actions: ['see'],
    };
  return {
    kind: 'parked',
    tone: 'amber',
    lead: `${edits.toLocaleString('en')} of your edits couldn’t be added.`,
    text: `${parkedReason(newest)} The text is kept here for you.${lost}`,
    actions,
  };
}

function parkedReason(parked: Parked): string {
  switch (parked.reason) {
    case 'role':
      return 'Your role changed before they were sent.';
    case 'removed':
      return 'Your access ended before they were sent.';
    case 'trashed':
      return 'The document was in the trash by then.';
    case 'deleted':
      return 'The document was deleted before they were sent.';
    case 'restored':
      return 'The server was restored from a backup and lost them.';
    case 'replaced':
      return 'Another tab took over before they were stored.';
    case 'refused':
    case 'too-large':
      return 'The server would not take them.';
  }
}

function lostRight(to: Role): string {
  return to === 'commenter' ? 'You can read and comment now.' : 'You can read now, but not edit.';
}

function readOnlyBanner({ role, roleChange, mayAsk }: Circumstances): Banner | null {
  if (!roleChange || canWrite(role) || !canWrite(roleChange.from) || roleChange.to === 'none') return null;
  const who = roleChange.by ? firstName(roleChange.by.name) : 'Somebody';
  const at = roleChange.at === null ? '' : ` at ${clock(new Date(roleChange.at))}`;
  return {
    kind: 'read-only',
    tone: 'grey',
    lead: 'You can read, but no longer edit.',
    text: `${who} changed your role to ${roleChange.to}${at}.`,
    actions: mayAsk ? ['ask'] : [],
  };
}

function offlineBanner(state: DocumentState, { longOffline }: Circumstances): Banner | null {
  if (state.kind !== 'offline' || state.reason === 'restarting' || !longOffline) return null;
  const where = state.kept === 'device' ? 'on this device' : 'in this tab only';
  return {
    kind: 'offline',
    tone: 'amber',
    lead: 'You’re offline.',
    text:
      state.edits > 0
        ? `Keep writing: ${keptSentence(state.edits, where)} and will be sent when the connection is back.`
        : `Keep writing: what you write is kept ${where} and will be sent when the connection is back.`,
    actions: ['try-now'],
  };
}

function restartingBanner(state: DocumentState): Banner | null {
  if (state.kind !== 'offline' || state.reason !== 'restarting') return null;
  return {
    kind: 'restarting',
    tone: 'blue',
    lead: 'The server is restarting.',
    text: 'Keep writing; it’s usually back within ten seconds.',
    actions: [],
  };
}

/** Returns what the popover of the chip says. */
export function explain(
  state: DocumentState,
  snapshot: Pick<DocumentSnapshot, 'revision' | 'changedAt' | 'loaded'>,
): string {
  if (!snapshot.loaded)
    return state.kind === 'error' ? 'The text could not be fetched yet.' : 'The text is on its way.';
  const revision = `Revision ${snapshot.revision.toLocaleString('en')}`;
  const last = snapshot.changedAt === null ? '' : ` Last change ${clock(new Date(snapshot.changedAt))}.`;
  switch (state.kind) {
    case 'loading':
      return 'The text is on its way.';
    case 'saved':
      return `${revision} is stored on the server.${last}`;
    case 'saving':
      return `${count(state.edits, 'edit')} ${state.edits === 1 ? 'is' : 'are'} on the way. ${revision} is stored on the server.`;
    case 'offline': {
      const since = state.editsSince === null ? '' : ` since ${clock(new Date(state.editsSince))}`;
      const where = state.kept === 'device' ? 'in this browser' : 'in this tab only';
      return state.edits === 0
        ? `No connection since ${clock(new Date(state.since))}. Nothing of yours is waiting; ${revision.toLowerCase()} is what you see.`
        : `${count(state.edits, 'edit')}${since} ${state.edits === 1 ? 'is' : 'are'} kept ${where}, and sent when the connection is back.`;
    }
    case 'read-only':
      return `You can read this document. ${revision} is what you see.${last}`;
    case 'error':
      return state.edits === 0
        ? `Nothing of yours is waiting. ${revision} is stored on the server.`
        : `${keptSentence(state.edits, state.kept === 'device' ? 'on this device' : 'in this tab only')} and not stored on the server yet.`;
  }
}

/** Returns what a screen reader announces for a state that has lasted. */
export function announcement(state: DocumentState): string {
  switch (state.kind) {
    case 'saved':
      return 'Saved';
    case 'loading':
    case 'saving':
      return '';
    case 'offline':
      if (state.reason === 'restarting') return 'The server is restarting. Keep writing.';
      return state.edits > 0
        ? `Offline. ${count(state.edits, 'edit')} kept on this device.`
        : 'Offline. Nothing is waiting.';
    case 'read-only':
      return 'Read-only';
    case 'error':
      return chipOf(state, true).text;
  }
}
