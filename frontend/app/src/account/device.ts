import type { SignIn } from '../api';

/** Returns a browser's name from its user agent, such as "Firefox on Linux". */
export function device({ user_agent: agent }: Pick<SignIn, 'user_agent'>): string {
  const browsers: [RegExp, string][] = [
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrom(e|ium)\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ];
  const systems: [RegExp, string][] = [
    [/iPhone|iPad/, 'iOS'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X|Macintosh/, 'macOS'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ];
  const browser = browsers.find(([pattern]) => pattern.test(agent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  if (!browser && !system) return agent.split(/[\s/]/)[0] || 'Some program';
  return [browser ?? 'Some browser', system ? `on ${system}` : ''].filter(Boolean).join(' ');
}
