import type { GroupMember } from './calls';

/** Returns what adding an e-mail address came to. The server's answer is the same for every address; the list tells more. */
export function whatCame(before: GroupMember[], after: GroupMember[], group: string, address: string): string {
  const there = new Set(before.map(({ user }) => user.id));
  const added = after.find(({ user }) => !there.has(user.id));
  if (!added)
    return `Nobody new is offered a place: no confirmed account has ${address}, or its owner is in or asked already. Choose who isn’t confirmed by name.`;
  return added.offered ? `${added.user.name} is in once they accept` : `${added.user.name} is in ${group} now`;
}
