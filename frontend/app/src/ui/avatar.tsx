import { colourClass, initials } from '../people';
import classes from './avatar.module.css';

interface Props {
  name: string;
  color: number;
  /** Edge in px. */
  size?: number;
  /** Solid: is here now; tinted: has access; grey: unknown. */
  look?: 'solid' | 'tinted' | 'grey';
  /** The address of their picture, if it is to be shown. */
  picture?: string | null;
}

/** A person's picture, or two letters. Hidden from screen readers, because the name is always beside it. */
export function Avatar({ name, color, size = 30, look = 'solid', picture = null }: Props) {
  return (
    <span
      aria-hidden="true"
      data-look={look}
      className={`${classes.avatar} ${colourClass(color)}`}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.4 * 10) / 10 }}
    >
      {picture ? <img src={picture} alt="" width={size} height={size} /> : initials(name)}
    </span>
  );
}
