import { PasswordInput } from '@mantine/core';
import type { ComponentProps } from 'react';

/** A password field that marks its error for screen readers too, which Mantine's does not. */
export function PasswordField(props: ComponentProps<typeof PasswordInput>) {
  return <PasswordInput {...(props.error ? { 'aria-invalid': true } : {})} {...props} />;
}
