//===- dynfault-opt.cpp - The compiler driver -----------------------------===//
//
// mlir-opt with the torch and dynfault dialects, plus archives as inputs, and
// reports and archives as outputs. mlir-opt's own driver does the rest
// (Files.h).
//
//===----------------------------------------------------------------------===//

#include "Files.h"
#include "Help.h"
#include "Upstream.h"

#include "passes/inject/Inventory.h"
#include "passes/inject/Passes.h"
#include "passes/inject/Report.h"
#include "passes/instrument/Passes.h"
#include "passes/prepare/Passes.h"
#include "passes/program/ProgramDialect.h"
#include "passes/torch/ConversionDialect.h"
#include "passes/torch/Nesting.h"
#include "passes/torch/Passes.h"
#include "passes/torch/TorchDialect.h"
#include "passes/torchscript/Plugin.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace dynfault;
using inject::ReportFormat;

namespace cl = llvm::cl;

static constexpr int kFailed = 1, kUsage = 2;

static cl::opt<std::string> inputFile(cl::Positional, cl::desc("<input file>"),
                                      cl::init("-"));
static cl::opt<std::string> outputFile("o", cl::desc("Output file"),
                                       cl::value_desc("file"), cl::init("-"));

static auto reportValues(bool markdown) {
  return markdown ? cl::values(clEnumValN(ReportFormat::Text, "", "text"),
                               clEnumValN(ReportFormat::Text, "text", "text"),
                               clEnumValN(ReportFormat::Json, "json", "JSON"),
                               clEnumValN(ReportFormat::Markdown, "markdown",
                                          "the documentation page"))
                  : cl::values(clEnumValN(ReportFormat::Text, "", "text"),
                               clEnumValN(ReportFormat::Text, "text", "text"),
                               clEnumValN(ReportFormat::Json, "json", "JSON"));
}
static cl::opt<ReportFormat> listOperators("list-operators", cl::ValueOptional,
                                           cl::desc("List the fault operators"),
                                           reportValues(true));
static cl::opt<ReportFormat>
    listSites("list-sites", cl::ValueOptional,
              cl::desc("List the sites where faults can be injected"),
              reportValues(false));

static cl::opt<ReportFormat>
    inventory("inventory", cl::ValueOptional,
              cl::desc("Count operations, parameters and fault sites"),
              reportValues(false));
static cl::opt<WeightsPlace> weights(
    "weights",
    cl::desc("Where the weights of a module that is written as MLIR go"),
    cl::values(
        clEnumValN(WeightsPlace::External, "external",
                   "a safetensors file next to the output"),
        clEnumValN(WeightsPlace::Inline, "inline", "the module itself"),
        clEnumValN(
            WeightsPlace::Initialiser, "initialiser",
            "nowhere: parameters get the initialisers of their layers")));
static cl::list<std::string> operatorLibraries(
    "torch-library", cl::value_desc("file"),
    cl::desc("Library with further PyTorch operators that an archive uses"));

static int fail(const llvm::Twine &message, int status = kFailed) {
  llvm::WithColor::error(llvm::errs(), "dynfault-opt") << message << "\n";
  return status;
}

/// Writes through a temporary file, so that the target is never half-written.
static int writeOutput(StringRef contents) {
  if (outputFile == "-") {
    llvm::outs() << contents;
    return 0;
  }
  llvm::Error error =
      llvm::writeToOutput(outputFile, [&](raw_ostream &os) -> llvm::Error {
        os << contents;
        return llvm::Error::success();
      });
  if (!error)
    return 0;
  // The error names the file itself.
  return fail("cannot write " + llvm::toString(std::move(error)) +
              "; give a file in a folder that exists and may be written");
}

/// Builds the passes once before any work: a wrong option of a pass is wrong
/// usage, whatever the input is.
static LogicalResult verifyPasses(const MlirOptMainConfig &config,
                                  DialectRegistry &registry) {
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(message) << diagnostic;
    return success();
  });
  PassManager manager(&context, ModuleOp::getOperationName(),
                      PassManager::Nesting::Implicit);
  if (succeeded(config.setupPassPipeline(manager)))
    return success();
  // The lines after the first repeat the pipeline.
  StringRef text =
      StringRef(message).take_until([](char c) { return c == '\n'; });
  text.consume_front("<Pass-Options-Parser>: ");
  if (!text.empty())
    fail(text + "; 'dynfault-opt --help' lists passes and their options");
  return failure();
}

/// Checks operators against PyTorch's schemas before the first pass and after
/// the last one. MLIR's verifier knows declared operations only.
static void addSchemaChecks(MlirOptMainConfig &config) {
  MlirOptMainConfig given = config;
  config.setPassPipelineSetupFn([given](PassManager &manager) {
    manager.addPass(torch::createVerifySchemas());
    if (failed(given.setupPassPipeline(manager)))
      return failure();
    if (manager.size() > 1)
      manager.addPass(torch::createVerifySchemas());
    return success();
  });
}

/// Changes the default of an option of MLIR's.
static void setDefault(StringRef option, bool value) {
  if (cl::Option *known = cl::getRegisteredOptions().lookup(option))
    static_cast<cl::opt<bool> *>(known)->setInitialValue(value);
}

/// The first bracket or quote of `text` that is never closed, or 0.
static char findUnclosed(StringRef text) {
  SmallVector<char> closers, openers;
  for (char c : text) {
    if (!closers.empty() && c == closers.back()) {
      closers.pop_back();
      openers.pop_back();
      continue;
    }
    // Within quotes nothing opens.
    if (!openers.empty() && openers.back() == closers.back())
      continue;
    size_t kind = StringRef("[({\"'").find(c);
    if (kind == StringRef::npos)
      continue;
    openers.push_back(c);
    closers.push_back("])}\"'"[kind]);
  }
  return openers.empty() ? 0 : openers.front();
}

static bool isArchive(StringRef contents) {
  return contents.starts_with("PK\x03\x04");
}

/// The passes of the command line, and around them what reads and writes the
/// files that mlir-opt does not know.
static LogicalResult
setUpPasses(PassManager &manager, const MlirOptMainConfig &config,
            std::shared_ptr<llvm::MemoryBuffer> archive,
            std::function<LogicalResult(ModuleOp)> consume) {
  std::vector<std::string> libraries(operatorLibraries.begin(),
                                     operatorLibraries.end());
  bool isRead = archive != nullptr;
  if (!isRead) {
    if (failed(config.setupPassPipeline(manager)))
      return failure();
  } else {
    PassManager user(manager.getContext(), ModuleOp::getOperationName(),
                     PassManager::Nesting::Implicit);
    if (failed(config.setupPassPipeline(user)))
      return failure();
    manager.addPass(
        createReadArchivePass(std::move(archive), inputFile, libraries));
    if (!user.empty())
      manager.addPass(
          createPipelinePass(std::move(static_cast<OpPassManager &>(user))));
  }

  if (consume) {
    manager.addPass(createConsumePass(std::move(consume), libraries));
    return success();
  }
  if (weights.getNumOccurrences() && weights == WeightsPlace::Initialiser)
    manager.addPass(prepare::createAddInitialisers());
  std::optional<WeightsPlace> place;
  if (weights.getNumOccurrences())
    place = weights;
  else if (isRead)
    place = outputFile == "-" ? WeightsPlace::Inline : WeightsPlace::External;
  bool isMoved = llvm::sys::path::parent_path(inputFile) !=
                 llvm::sys::path::parent_path(outputFile);
  if (place || isMoved)
    manager.addPass(createPlaceWeightsPass(outputFile, place));
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  registerUpstream(registry);
  registry.insert<torch::TorchDialect, torch_c::TorchCDialect,
                  program::DynfaultDialect>();
  registry.addExtension(+[](MLIRContext *, program::DynfaultDialect *dialect) {
    dialect->weightsFolder = llvm::sys::path::parent_path(inputFile).str();
  });
  torch::registerTorchPasses();
  inject::registerPasses();
  instrument::registerPasses();
  prepare::registerPasses();

  for (int i = 1; i < argc; ++i) {
    StringRef argument = argv[i];
    if (argument == "--help" || argument == "-help" || argument == "-h") {
      printHelp();
      return 0;
    }
    // MLIR 19 looks for the closing bracket of a pass's option for ever.
    StringRef name = argument.ltrim('-');
    bool hasPassOptions =
        name.starts_with("dynfault-") || name.starts_with("pass-pipeline=");
    if (char opener = hasPassOptions ? findUnclosed(argument) : 0)
      return fail("'" + argument + "': the " + llvm::Twine(opener) +
                      " is never closed",
                  kUsage);
    if (argument == "--help-all")
      argv[i] = const_cast<char *>("--help");
  }
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "dynfault-opt " DYNFAULT_VERSION " (MLIR " LLVM_VERSION_STRING ")\n";
  });
  MlirOptMainConfig::registerCLOptions(registry);
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  // An error is one line. Without this, one at the module prints all of it.
  setDefault("mlir-print-op-on-diagnostic", false);
  registerPassManagerCLOptions();
  registerDefaultTimingManagerCLOptions();
  if (!cl::ParseCommandLineOptions(argc, argv, "dynfault-opt\n", &llvm::errs()))
    return kUsage;

  if (listOperators.getNumOccurrences()) {
    std::string report;
    llvm::raw_string_ostream os(report);
    inject::listOperators(os, listOperators);
    return writeOutput(report);
  }

  if (outputFile.empty())
    return fail("-o needs a file, or '-' for standard output", kUsage);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (!config.shouldDumpPassPipeline() &&
      failed(verifyPasses(config, registry)))
    return kUsage;
  addSchemaChecks(config);

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> input =
      openInputFile(inputFile, &message);
  if (!input)
    return fail(message + "; give an existing .mlir or .mlirbc file, or '-'");
  StringRef contents = input->getBuffer();
  if (size_t place = isBytecode(*input) || isArchive(contents)
                         ? StringRef::npos
                         : torch::findTooDeepNesting(contents);
      place != StringRef::npos)
    return fail(llvm::Twine(inputFile) + ":" +
                llvm::Twine(contents.take_front(place).count('\n') + 1) +
                ": brackets nest deeper than " +
                llvm::Twine(torch::kMaximumNesting) +
                " levels, which is more than is read; flatten them");

  StringRef output = outputFile;
  bool toArchive = output.ends_with(".pt");
  bool toReport =
      listSites.getNumOccurrences() || inventory.getNumOccurrences();
  if (listSites.getNumOccurrences() && inventory.getNumOccurrences())
    return fail("--list-sites and --inventory are two reports; ask for one",
                kUsage);
  if (toArchive && !config.inputSplitMarker().empty())
    return fail("an archive holds one module; leave out --split-input-file",
                kUsage);
  if (toReport && !config.inputSplitMarker().empty())
    return fail("a report is made of one module; leave out --split-input-file",
                kUsage);
  if ((toArchive || toReport) && config.shouldVerifyDiagnostics())
    return fail("--verify-diagnostics leaves no module to write or to list; "
                "leave it out",
                kUsage);
  bool fromArchive = isArchive(input->getBuffer());
  if (fromArchive &&
      (!config.inputSplitMarker().empty() || config.shouldVerifyDiagnostics()))
    return fail("'" + inputFile +
                    "' is an archive, not text; leave out --split-input-file "
                    "and --verify-diagnostics",
                kUsage);
  if (weights.getNumOccurrences() && (toArchive || toReport))
    return fail("--weights is for output as MLIR; leave it out", kUsage);
  if (weights.getNumOccurrences() && weights == WeightsPlace::External &&
      output == "-")
    return fail("--weights=external needs a file for the output (-o)", kUsage);
  if (output.ends_with(".mlirbc"))
    config.emitBytecode(true);

  std::shared_ptr<llvm::MemoryBuffer> archive;
  if (fromArchive) {
    archive = std::move(input);
    input = llvm::MemoryBuffer::getMemBuffer("", inputFile);
  }
  std::string report;
  std::function<LogicalResult(ModuleOp)> consume;
  if (toReport)
    consume = [&](ModuleOp module) {
      llvm::raw_string_ostream os(report);
      return listSites.getNumOccurrences()
                 ? inject::listSites(module, os, listSites)
                 : inject::writeInventory(module, os, inventory);
    };
  else if (toArchive)
    consume = [&](ModuleOp module) {
      return torchscript::writeArchive(module, output);
    };
  MlirOptMainConfig extended = config;
  extended.setPassPipelineSetupFn([&](PassManager &manager) {
    return setUpPasses(manager, config, archive, consume);
  });

  std::string result;
  llvm::raw_string_ostream os(result);
  LogicalResult status = MlirOptMain(os, std::move(input), registry, extended);
  os.flush();
  if (failed(status)) {
    // Like mlir-opt: what was printed before the failure is still printed.
    if (outputFile == "-" && !consume)
      llvm::outs() << result;
    return kFailed;
  }
  if (toArchive)
    return 0;
  return writeOutput(toReport ? report : result);
}
