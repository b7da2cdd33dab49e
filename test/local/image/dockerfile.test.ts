import { readDockerfile } from '../../../lib/local/image/dockerfile';

const read = (text: string, options: { buildArguments?: Record<string, string>; target?: string } = {}) =>
  readDockerfile(text, { file: 'Dockerfile', buildArguments: {}, platform: 'linux/amd64', ...options });

const image = (text: string, options?: Parameters<typeof read>[1]) => {
  const result = read(text, options);
  if (!result.ok) throw new Error(result.errors.join('\n'));
  return result.value;
};

const errors = (text: string, options?: Parameters<typeof read>[1]) => {
  const result = read(text, options);
  return result.ok ? [] : result.errors;
};

const env = (lines: string, options?: Parameters<typeof read>[1]) =>
  image(`FROM scratch\n${lines}`, options).config.Env;

describe('ENV and ARG', () => {
  it.each<[string, string, string[]]>([
    ['pairs', 'ENV A=1 B=2', ['A=1', 'B=2']],
    ['the old form takes the rest of the line', 'ENV A one two', ['A=one two']],
    ['double quotes keep white space and expand', 'ENV X=1\nENV A="a $X b"', ['X=1', 'A=a 1 b']],
    ['single quotes expand nothing', "ENV A='$X'", ['A=$X']],
    ['an escaped dollar is a dollar', 'ENV A=\\$X', ['A=$X']],
    ['an escaped space is a space', 'ENV A=a\\ b', ['A=a b']],
    ['values are those before the instruction', 'ENV A=1\nENV A=2 B=$A', ['A=2', 'B=1']],
    ['lines go on behind a backslash, over comments', 'ENV A=1 \\\n# no\n  B=2', ['A=1', 'B=2']],
    [
      'PATH begins as a base image has it',
      'ENV PATH=/x:$PATH',
      ['PATH=/x:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ],
    [
      'a default stands for an empty value',
      'ENV E=\nENV A=${E:-d} B=${E-d} C=${U:-d} D=${U-d}',
      ['E=', 'A=d', 'B=', 'C=d', 'D=d'],
    ],
    ['an alternative stands for a value', 'ENV X=1\nENV A=${X:+y} B=${U:+y}', ['X=1', 'A=y', 'B=']],
    ['defaults nest', 'ENV X=1\nENV A=${U:-<${X}>}', ['X=1', 'A=<1>']],
  ])('%s', (_, lines, expected) => {
    expect(env(lines)).toEqual(expected);
  });

  it('takes --build-arg before the default, and ENV before ARG', () => {
    expect(env('ARG V=default\nENV A=$V', { buildArguments: { V: 'given' } })).toEqual(['A=given']);
    expect(env('ARG V=default\nENV A=$V')).toEqual(['A=default']);
    expect(env('ENV V=env\nARG V\nENV A=$V', { buildArguments: { V: 'given' } })).toEqual(['V=env', 'A=env']);
  });

  it('gives an ARG before FROM to FROM, and to a stage that asks for it', () => {
    const text = 'ARG B=base\nARG X=global\nFROM scratch AS base\nENV FROM_BASE=1\nFROM $B\nENV A=$X\nARG X\nENV C=$X';
    expect(image(text).config.Env).toEqual(['FROM_BASE=1', 'A=', 'C=global']);
    expect(image(text, { buildArguments: { X: 'given' } }).config.Env).toContain('C=given');
  });

  it('knows the platform for a stage that asks for it', () => {
    expect(env('ARG TARGETARCH\nENV A=$TARGETARCH')).toEqual(['A=amd64']);
  });

  it('tells build arguments that nobody asks for, but not the proxies', () => {
    const buildArguments = { V: '1', W: '2', HTTPS_PROXY: 'p' };
    expect(image('FROM scratch\nARG V', { buildArguments }).unusedArguments).toEqual(['W']);
  });

  it('notes a variable without a value', () => {
    expect(image('FROM scratch\nENV A=$NOPE').notes).toEqual([
      { line: 2, message: '$NOPE has no value here and stands for nothing' },
    ]);
  });
});

describe('what an image runs', () => {
  const config = (lines: string) => image(`FROM scratch\n${lines}`).config;

  it('reads exec and shell forms', () => {
    expect(config('ENTRYPOINT ["a", "b c"]\nCMD ["$X"]')).toMatchObject({ Entrypoint: ['a', 'b c'], Cmd: ['$X'] });
    expect(config('CMD serve $PORT && true').Cmd).toEqual(['/bin/sh', '-c', 'serve $PORT && true']);
    expect(config('SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nCMD x').Cmd).toEqual([
      '/bin/bash',
      '-o',
      'pipefail',
      '-c',
      'x',
    ]);
  });

  it('resolves WORKDIR upon the one before, and makes the folder', () => {
    const { config: made, copies } = image('FROM scratch\nWORKDIR /a\nWORKDIR b');
    expect(made.WorkingDir).toBe('/a/b');
    expect(copies.map((copy) => copy.destination)).toEqual(['/a/', '/a/b/']);
  });

  it('keeps user, ports, labels, volumes and the stop signal', () => {
    const text = 'USER 10001:10001\nEXPOSE 80 53/udp\nLABEL a=1 "b.c"="x y"\nVOLUME ["/data"]\nSTOPSIGNAL SIGINT';
    expect(config(text)).toEqual({
      User: '10001:10001',
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Labels: { a: '1', 'b.c': 'x y' },
      Volumes: { '/data': {} },
      StopSignal: 'SIGINT',
    });
  });

  it('inherits from the stage that a stage is based on; its own ENTRYPOINT drops the inherited CMD', () => {
    const base = 'FROM scratch AS base\nENV A=1\nWORKDIR /app\nCMD ["x"]\n';
    expect(image(`${base}FROM base\nENV B=2`).config).toEqual({ Env: ['A=1', 'B=2'], WorkingDir: '/app', Cmd: ['x'] });
    expect(image(`${base}FROM base\nENTRYPOINT ["y"]`).config.Cmd).toBeUndefined();
    expect(image(`${base}FROM base\nCMD ["z"]\nENTRYPOINT ["y"]`).config.Cmd).toEqual(['z']);
  });

  it('reads the last stage, or the target', () => {
    const text = 'FROM scratch AS one\nENV A=1\nFROM scratch AS Two\nENV A=2\nFROM scratch\nENV A=3';
    expect(image(text).config.Env).toEqual(['A=3']);
    expect(image(text, { target: 'two' }).config.Env).toEqual(['A=2']);
  });
});

describe('COPY', () => {
  const copies = (lines: string) => image(`FROM scratch\n${lines}`).copies;

  it.each<[string, string, object]>([
    ['one file', 'COPY a /b', { sources: ['a'], destination: '/b' }],
    ['a folder as destination', 'COPY a b c/', { sources: ['a', 'b'], destination: '/c/' }],
    ['the working folder', 'WORKDIR /w\nCOPY a .', { sources: ['a'], destination: '/w/' }],
    ['below the working folder', 'WORKDIR /w\nCOPY a ./d', { sources: ['a'], destination: '/w/d' }],
    ['the exec form, for names with spaces', 'COPY ["a b", "/c d/"]', { sources: ['a b'], destination: '/c d/' }],
    ['variables', 'ENV D=/x\nCOPY $D/a ${D}/', { sources: ['/x/a'], destination: '/x/' }],
    ['an owner, which has no effect', 'COPY --chown=1:1 --link a /', { sources: ['a'], destination: '/' }],
    ['a mode', 'COPY --chmod=755 a /b', { sources: ['a'], destination: '/b', mode: 0o755 }],
    ['ADD of a file', 'ADD a /b', { sources: ['a'], destination: '/b' }],
  ])('reads %s', (_, lines, expected) => {
    expect(copies(lines).at(-1)).toMatchObject(expected);
  });

  it('leaves what only a container build can do to prepare, and says which lines', () => {
    const text = 'FROM scratch AS build\nRUN make\nFROM scratch\nCOPY --from=build /a /b\nRUN apt-get update \\\n && x';
    expect(image(text)).toMatchObject({
      copies: [],
      prepared: [
        { line: 4, message: 'COPY --from=build /a /b' },
        { line: 5, message: 'RUN apt-get update  && x' },
      ],
    });
  });
});

describe('errors name file and line', () => {
  it.each<[string, string, string]>([
    ['no FROM', '# nothing', 'Dockerfile:1: expected a FROM instruction'],
    ['something before FROM', 'ENV A=1\nFROM scratch', 'Dockerfile:1: only ARG may stand before the first FROM'],
    ['an unknown instruction', 'FROM scratch\nCOPPY a b', 'Dockerfile:2: COPPY is no instruction of a Dockerfile'],
    [
      'an exec form that is none',
      "FROM scratch\nCMD ['a']",
      "Dockerfile:2: expected the exec form, a JSON array of strings in double quotes, found ['a']",
    ],
    ['COPY without a destination', 'FROM scratch\nCOPY a', 'Dockerfile:2: expected COPY <source>... <destination>'],
    [
      'several sources into a file',
      'FROM scratch\nCOPY a b c',
      'Dockerfile:2: COPY of several sources needs a destination that ends in "/"',
    ],
    [
      'a flag that is not supported',
      'FROM scratch\nCOPY --parents a b',
      'Dockerfile:2: COPY --parents is not supported by process images',
    ],
    [
      'a here-document',
      'FROM scratch\nCOPY <<EOF /x\nhello\nEOF',
      'Dockerfile:2: COPY of a here-document is not supported',
    ],
    [
      'ADD from the network',
      'FROM scratch\nADD https://x/y /z',
      'Dockerfile:2: ADD https://x/y: process images take no remote files',
    ],
    [
      'ADD of an archive',
      'FROM scratch\nADD a.tar.gz /z',
      'Dockerfile:2: ADD a.tar.gz: process images unpack no archives',
    ],
    ['a value that is required', 'FROM scratch\nARG V\nENV A="${V:?say V}"', 'Dockerfile:3: V is not set: say V'],
    ['a modifier that is not supported', 'FROM scratch\nENV A=${V%x}', 'Dockerfile:2: ${V%x} is not supported'],
    ['an open quote', 'FROM scratch\nENV A="x', 'Dockerfile:2: the quote " is not closed'],
    ['a pair that is none', 'FROM scratch\nLABEL a=1 b', 'Dockerfile:2: expected NAME=value, found b'],
    ['a port that is none', 'FROM scratch\nEXPOSE http', 'Dockerfile:2: expected EXPOSE <port>'],
    ['a FROM that is none', 'FROM scratch x', 'Dockerfile:1: expected FROM <image> [AS <name>]'],
  ])('%s', (_, text, expected) => {
    expect(errors(text).join('\n')).toContain(expected);
  });

  it('tells every error at once', () => {
    expect(errors('FROM scratch\nFOO\nEXPOSE x\nCOPY a')).toHaveLength(3);
  });

  it('names the stages when the target is none of them', () => {
    expect(errors('FROM scratch AS one\nFROM scratch', { target: 'two' })).toEqual([
      'Dockerfile: no stage is named "two": expected one of one',
    ]);
  });
});
