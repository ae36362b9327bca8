import 'virtual:mantine-variables.css';
import './styles/index.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { createQueries } from './queries';
import { uiTheme } from './ui/components';
import { ErrorBoundary } from './ui/error-boundary';
import { ThemeColour } from './ui/theme-colour';
import { Toasts } from './ui/toasts';
import { standTranslation } from './ui/translated';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// The same key as in public/theme.js, which sets the theme before the first paint.
const scheme = localStorageColorSchemeManager({ key: 'quire.theme' });

standTranslation(document.body);

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={uiTheme}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={createQueries()}>
        <ThemeColour />
        <ErrorBoundary>
          <App />
        </ErrorBoundary>
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
