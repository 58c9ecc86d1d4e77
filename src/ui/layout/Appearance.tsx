/** Theme and language, and where help is. */
import { Button } from '../design/index.ts';
import { goToTourStep, type Locale, openOverlay, type Theme, update, useSession, useWords } from '../session/index.ts';

export function Appearance() {
  const say = useWords();
  const theme = useSession((session) => session.theme);
  const locale = useSession((session) => session.locale);
  return (
    <>
      <label className="menu-field">
        {say('theme')}
        <select className="field" value={theme} onChange={(event) => update({ theme: event.target.value as Theme })}>
          <option value="system">{say('themeSystem')}</option>
          <option value="light">{say('themeLight')}</option>
          <option value="dark">{say('themeDark')}</option>
          <option value="contrast">{say('themeContrast')}</option>
        </select>
      </label>
      <label className="menu-field">
        {locale === 'en' ? 'Language · 语言' : '语言 · Language'}
        <select className="field" value={locale} onChange={(event) => update({ locale: event.target.value as Locale })}>
          <option value="en" lang="en">
            English
          </option>
          <option value="zh" lang="zh-CN">
            简体中文
          </option>
        </select>
      </label>
    </>
  );
}

/** The other language, by its own name: found by those who cannot read this one. */
export function LanguageButton() {
  const locale = useSession((session) => session.locale);
  const next = locale === 'en' ? 'zh' : 'en';
  return (
    <Button look="plain" lang={next === 'zh' ? 'zh-CN' : 'en'} onClick={() => update({ locale: next })}>
      {next === 'zh' ? '中文' : 'English'}
    </Button>
  );
}

export function HelpEntries() {
  const say = useWords();
  return (
    <>
      <Button look="plain" onClick={() => openOverlay('keys')}>
        {say('keys')} <kbd>?</kbd>
      </Button>
      <Button look="plain" onClick={() => goToTourStep(0)}>
        {say('tour')}
      </Button>
      <Button look="plain" onClick={() => openOverlay('fidelity')}>
        {say('howReal')}
      </Button>
    </>
  );
}
