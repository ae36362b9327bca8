import { PasswordInput } from '@mantine/core';
import type { ComponentProps } from 'react';

/** A field for a password. Mantine's shows that it is wrong only to those who see. */
export function PasswordField(props: ComponentProps<typeof PasswordInput>) {
  return <PasswordInput {...(props.error ? { 'aria-invalid': true } : {})} {...props} />;
}
