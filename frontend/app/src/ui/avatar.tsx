import { colourClass, initials } from '../people';
import classes from './avatar.module.css';

interface Props {
  name: string;
  color: number;
  /** Edge in px. */
  size?: number;
  /** Solid means here now; tinted means has access; grey means we cannot know. */
  look?: 'solid' | 'tinted' | 'grey';
  /** Where their picture is, if it is to be shown. */
  picture?: string | null;
}

/** A person as two letters. Says nothing to screen readers: whoever shows it names the person in words. */
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
