import { useId } from 'react';
import { colourClass, colourCount, colourIndex, colourNames } from '../people';
import classes from './swatch-picker.module.css';

interface Props {
  label: string;
  value: number;
  onChange: (color: number) => void;
}

/** One of the twelve colours a person can have. */
export function SwatchPicker({ label, value, onChange }: Props) {
  const name = useId();
  const chosen = colourIndex(value);
  return (
    <fieldset>
      <legend className={classes.label}>{label}</legend>
      <div className={classes.swatches}>
        {Array.from({ length: colourCount }, (_, index) => index).map((index) => (
          <label key={index} className={`${classes.swatch} ${colourClass(index)}`} title={colourNames[index]}>
            <input
              type="radio"
              name={name}
              value={index}
              checked={index === chosen}
              aria-label={colourNames[index]}
              onChange={() => onChange(index)}
            />
            <span />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
