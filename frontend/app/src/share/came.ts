import { roleNames } from '../words';
import type { Member, ShareLink } from './calls';

/** How people got their access, for the list of members and the withdrawal of a link. */

/** Returns how a member got access: "by the link for editors", "by a link since withdrawn", "by a link", or null if not by a link. Only
 * owners see which link. */
export function cameBy(member: Member, links: readonly ShareLink[] | null): string | null {
  if (member.via !== 'link') return null;
  if (!member.link || !links) return 'by a link';
  const link = links.find((one) => one.id === member.link);
  return link ? `by the link for ${roleNames[link.role].toLowerCase()}s` : 'by a link since withdrawn';
}

/** Returns who would lose access with a link. Owners stay, however they got theirs. */
export function broughtBy(link: string, members: readonly Member[]): Member[] {
  return members.filter((member) => member.via === 'link' && member.link === link && member.role !== 'owner');
}

/** Returns names as a list: "Bob", "Bob and Cem", "Bob, Cem and 3 others". */
export function named(members: readonly Member[]): string {
  const names = members.map((member) => member.user.name);
  const others = names.length - 2;
  if (others > 1) return `${names[0]}, ${names[1]} and ${others} others`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
