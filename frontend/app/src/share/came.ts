import { roleNames } from '../words';
import type { Member, ShareLink } from './calls';

/** How people came into a document, as the list and the withdrawal of a link tell it. Pure. */

/** "by the link for editors", "by a link since withdrawn", "by a link"; null: not by a link. Only owners know the links. */
export function cameBy(member: Member, links: readonly ShareLink[] | null): string | null {
  if (member.via !== 'link') return null;
  if (!member.link || !links) return 'by a link';
  const link = links.find((one) => one.id === member.link);
  return link ? `by the link for ${roleNames[link.role].toLowerCase()}s` : 'by a link since withdrawn';
}

/** Who would go with a link: owners stay, whatever brought them. */
export function broughtBy(link: string, members: readonly Member[]): Member[] {
  return members.filter((member) => member.via === 'link' && member.link === link && member.role !== 'owner');
}

/** "Bob", "Bob and Cem", "Bob, Cem and 3 others". */
export function named(members: readonly Member[]): string {
  const names = members.map((member) => member.user.name);
  const others = names.length - 2;
  if (others > 1) return `${names[0]}, ${names[1]} and ${others} others`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
